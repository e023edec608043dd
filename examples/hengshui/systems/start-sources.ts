import { randomBytes } from 'node:crypto'
import { mkdir, readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { departments, sourceCode } from '../list/the-list.ts'
import type { SystemKey } from '../list/types.ts'
import { startApis } from './api-server.ts'
import { startDatabases } from './databases.ts'
import { writeFiles } from './files.ts'

export interface SourcesOptions {
  /** Everything the departments have lies below it. */
  readonly directory: string
  /** About so many records over all datasets. */
  readonly scale: number
  /** 1 is the first day. */
  readonly day: number
  readonly signal: AbortSignal
}

/** Where the systems of the departments are: what a workspace must say about them. */
export interface SourceAddresses {
  readonly database: { readonly host: string; readonly port: number }
  /** Base address of the interfaces, without the department. */
  readonly api: string
  /** Absolute folder of the files. */
  readonly files: string
}

export interface RunningSources extends AsyncDisposable {
  readonly addresses: SourceAddresses
  /** Secrets by the name of the environment variable under which the workspace refers to them. */
  readonly environment: Readonly<Record<string, string>>
  /** Brings all systems to `day`, earlier or later. */
  advance(day: number): Promise<void>
}

/** Starts the systems of all departments and shows `day`. What is already there from an earlier start is kept. */
export async function startSources(options: SourcesOptions): Promise<RunningSources> {
  const { directory, scale, signal } = options
  await mkdir(directory, { recursive: true })
  const secrets = makeSecrets()
  const files = join(directory, 'files')
  await using starting = new AsyncDisposableStack()
  const databases = starting.use(
    await startDatabases({ directory: join(directory, 'db'), passwords: secrets, signal }),
  )
  const wantedPort = await lastPort(directory)
  const apis = starting.use(await startApis({ wantedPort, secrets, clock: Date.now }))
  await writeFile(join(directory, 'api.port'), String(apis.port))
  const advance = async (day: number): Promise<void> => {
    // Node makes the files while the database server works on what it was given.
    await Promise.all([databases.show(scale, day), writeFiles(files, scale, day, signal)])
    apis.show(scale, day)
  }
  await advance(options.day)
  const running = starting.move()
  return {
    addresses: {
      database: { host: databases.host, port: databases.port },
      api: `http://127.0.0.1:${apis.port}`,
      files,
    },
    environment: Object.fromEntries([...secrets].map(([code, secret]) => [secretName(code), secret])),
    advance,
    [Symbol.asyncDispose]: () => running.disposeAsync(),
  }
}

/** The environment variable that holds the secret of a source. */
export function secretName(code: string): string {
  return `HENGSHUI_${code.toUpperCase()}`
}

/** Fresh passwords, tokens and keys for everything that has a door, by source code. */
function makeSecrets(): ReadonlyMap<string, string> {
  const doors: readonly SystemKey[] = ['db', 'api']
  const codes = departments.flatMap((department) =>
    doors.filter((key) => department.systems[key] !== undefined).map((key) => sourceCode(department, key)),
  )
  return new Map(codes.map((code) => [code, randomBytes(18).toString('base64url')]))
}

/** The port of the last time, so that the workspace need not change; 0 where there is none. */
async function lastPort(directory: string): Promise<number> {
  const text = await readFile(join(directory, 'api.port'), 'utf8').catch(() => '0')
  return Number(text)
}
