import { randomBytes } from 'node:crypto'
import { link, readFile, rename, rm, stat, writeFile } from 'node:fs/promises'
import { GuijiError } from '../../errors/guiji-error.ts'
import { codeOf, notPermitted } from './file-errors.ts'
import type { StorePaths } from './paths.ts'

/** What `.guiji/store.json` (mode 0600) holds. */
export interface StoreIdentity {
  /** 0 until the server has started for the first time. */
  readonly port: number
  readonly user: string
  readonly password: string
  /** Shown to the keeper to take part in the store. */
  readonly token: string
}

export const DATABASE = 'guiji'

/** The URL that opens the embedded store, password included. */
export function storeUrl(identity: StoreIdentity, port: number): string {
  return `postgresql://${identity.user}:${identity.password}@127.0.0.1:${port}/${DATABASE}`
}

/**
 * Reads the identity of a store, or makes it. Safe when several processes are first at the same time: one wins.
 *
 * @throws GuijiError STORE_IDENTITY_BROKEN, STORE_NOT_PERMITTED
 */
export async function ensureIdentity(paths: StorePaths): Promise<StoreIdentity> {
  const found = await readIdentity(paths)
  if (found) return found
  if (await stat(paths.data).catch(() => undefined)) {
    throw new GuijiError('STORE_IDENTITY_BROKEN', { path: paths.identity, reason: 'the file is missing' })
  }
  const made = {
    port: 0,
    user: 'guiji',
    password: randomBytes(24).toString('hex'),
    token: randomBytes(24).toString('hex'),
  }
  const temporary = await writeBeside(paths, made)
  // A link, unlike a rename, fails where another process was first.
  await link(temporary, paths.identity).catch((error: unknown) => {
    if (codeOf(error) !== 'EEXIST') throw error
  })
  await rm(temporary)
  return ensureIdentity(paths)
}

/** Keeps the port for the next start, so that what people wrote into psql or a BI tool stays right. */
export async function rememberPort(
  paths: StorePaths,
  identity: StoreIdentity,
  port: number,
): Promise<StoreIdentity> {
  if (identity.port === port) return identity
  const changed = { ...identity, port }
  await rename(await writeBeside(paths, changed), paths.identity)
  return changed
}

async function readIdentity(paths: StorePaths): Promise<StoreIdentity | undefined> {
  const text = await readFile(paths.identity, 'utf8').catch((error: unknown) => {
    if (codeOf(error) === 'ENOENT') return undefined
    throw notPermitted(paths.identity, error)
  })
  if (text === undefined) return undefined
  const identity = parse(text)
  if (!identity) {
    throw new GuijiError('STORE_IDENTITY_BROKEN', {
      path: paths.identity,
      reason: `${text.length} characters that are not the JSON guiji writes`,
    })
  }
  return identity
}

function parse(text: string): StoreIdentity | undefined {
  try {
    const { port, user, password, token }: Partial<Record<keyof StoreIdentity, unknown>> = JSON.parse(text)
    if (typeof port !== 'number' || typeof user !== 'string') return undefined
    if (typeof password !== 'string' || typeof token !== 'string') return undefined
    return { port, user, password, token }
  } catch {
    return undefined
  }
}

async function writeBeside(paths: StorePaths, identity: StoreIdentity): Promise<string> {
  const temporary = `${paths.identity}.${process.pid}.${randomBytes(4).toString('hex')}`
  await writeFile(temporary, `${JSON.stringify(identity, undefined, 2)}\n`, { mode: 0o600, flag: 'wx' })
  return temporary
}
