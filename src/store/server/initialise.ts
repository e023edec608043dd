import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { chmod, chown, mkdir, open, readFile, rename, rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { GuijiError } from '../../errors/guiji-error.ts'
import type { Account } from './account.ts'
import { openDataFolder } from './data-folder.ts'
import { codeOf, notPermitted } from './file-errors.ts'
import type { StoreIdentity } from './identity.ts'
import type { StorePaths } from './paths.ts'
import { majorVersion, type Programs, programPath } from './programs.ts'
import { startFailure } from './start-failure.ts'

export interface ServerPlace {
  readonly paths: StorePaths
  readonly programs: Programs
  readonly account: Account | undefined
}

/**
 * Makes the data directory if there is none. initdb works in a folder of its own that becomes `pg` by one rename,
 * so an interrupted first start leaves nothing half made.
 *
 * @throws GuijiError STORE_OTHER_VERSION, STORE_NOT_PERMITTED, STORE_DISK_FULL, STORE_START_FAILED
 */
export async function ensureDataDirectory(place: ServerPlace, identity: StoreIdentity): Promise<void> {
  const { paths, programs } = place
  const found = await dataVersion(paths)
  const needed = majorVersion(programs)
  if (found === needed) return
  if (found !== undefined) throw new GuijiError('STORE_OTHER_VERSION', { path: paths.data, found, needed })
  try {
    await rm(paths.unfinished, { recursive: true, force: true })
    await mkdir(paths.unfinished)
    await give(paths.unfinished, 0o700, place.account)
    await runInitdb(place, identity)
    await rename(paths.unfinished, paths.data)
  } catch (error) {
    await rm(paths.unfinished, { recursive: true, force: true }).catch(() => {})
    throw notPermitted(paths.data, error)
  }
}

async function dataVersion(paths: StorePaths): Promise<string | undefined> {
  try {
    return (await readFile(join(paths.data, 'PG_VERSION'), 'utf8')).trim()
  } catch (error) {
    if (codeOf(error) === 'ENOENT') return undefined
    throw notPermitted(paths.data, error)
  }
}

async function runInitdb(place: ServerPlace, identity: StoreIdentity): Promise<void> {
  const { paths, account } = place
  const passwordFile = join(paths.folder, `password.${process.pid}`)
  await writeFile(passwordFile, `${identity.password}\n`, { mode: 0o600 })
  try {
    await give(passwordFile, 0o600, account)
    await using password = await open(passwordFile, 'r')
    await using folder = await openDataFolder(paths.unfinished, account)
    const hidden = folder.descriptor !== 'ignore'
    const shownPassword = hidden ? '/proc/self/fd/4' : passwordFile
    await run(place, initdbArguments(identity, folder.shown, shownPassword), [
      folder.descriptor,
      hidden ? password.fd : 'ignore',
    ])
  } finally {
    await rm(passwordFile, { force: true })
  }
}

async function run(
  place: ServerPlace,
  args: readonly string[],
  inherited: (number | 'ignore')[],
): Promise<void> {
  const { account } = place
  const child = spawn(programPath(place.programs, 'initdb'), args, {
    ...(account && { uid: account.uid, gid: account.gid }),
    cwd: '/',
    ...(process.platform !== 'win32' && { env: {} }),
    stdio: ['ignore', 'pipe', 'pipe', ...inherited],
  })
  const output: Buffer[] = []
  for (const stream of [child.stdout, child.stderr]) stream?.on('data', (bytes: Buffer) => output.push(bytes))
  const [code] = await once(child, 'close')
  const said = Buffer.concat(output).toString()
  if (code !== 0) throw startFailure(place.paths, said, `initdb ended with code ${code}`)
}

function initdbArguments(identity: StoreIdentity, folder: string, passwordFile: string): string[] {
  return [
    `--pgdata=${folder}`,
    `--username=${identity.user}`,
    `--pwfile=${passwordFile}`,
    '--auth=scram-sha-256',
    '--encoding=UTF8',
    '--locale=C',
    '--locale-provider=builtin',
    '--builtin-locale=C.UTF-8',
    '--no-instructions',
  ]
}

async function give(path: string, mode: number, account: Account | undefined): Promise<void> {
  await chmod(path, mode)
  if (account) await chown(path, account.uid, account.gid)
}
