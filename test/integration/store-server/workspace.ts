import { type ChildProcess, type SpawnOptions, spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdir, mkdtemp, readdir, readFile, readlink, realpath, rm } from 'node:fs/promises'
import os from 'node:os'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { setTimeout as sleep } from 'node:timers/promises'
import { fileURLToPath } from 'node:url'

const holder = fileURLToPath(new URL('store-holder.ts', import.meta.url))

export const isRoot = process.getuid?.() === 0

export interface Workspace extends AsyncDisposable {
  readonly directory: string
}

/** An empty workspace; `closed`: below a folder that only its owner may enter. */
export async function workspace({ closed = false } = {}): Promise<Workspace> {
  const root = await realpath(await mkdtemp(join(os.tmpdir(), 'guiji-store-')))
  // mkdtemp itself makes folders of mode 0700.
  const directory = closed ? join(root, 'workspace') : root
  await mkdir(directory, { recursive: true })
  return {
    directory,
    async [Symbol.asyncDispose]() {
      for (const pid of await processesOf(directory)) kill(pid)
      await rm(root, { recursive: true, force: true, maxRetries: 20 })
    },
  }
}

function kill(pid: number): void {
  try {
    process.kill(pid, 'SIGKILL')
  } catch {
    // It ended meanwhile.
  }
}

/** Ids of the keepers and PostgreSQL processes of a workspace. */
export async function processesOf(directory: string): Promise<number[]> {
  return [...(await keepersOf(directory)), ...(await serversOf(directory))]
}

export async function keepersOf(directory: string): Promise<number[]> {
  return matching(async (pid) => {
    const command = await readFile(`/proc/${pid}/cmdline`, 'utf8')
    return command.includes('keeper.ts') && command.includes(`"${directory}"`)
  })
}

/** The postmaster and all its children work in the data directory. */
export async function serversOf(directory: string): Promise<number[]> {
  return matching(async (pid) => (await readlink(`/proc/${pid}/cwd`)) === join(directory, '.guiji', 'pg'))
}

async function matching(test: (pid: string) => Promise<boolean>): Promise<number[]> {
  const pids = (await readdir('/proc')).filter((name) => /^\d+$/.test(name))
  const found = await Promise.all(pids.map((pid) => test(pid).catch(() => false)))
  return pids.filter((_, index) => found[index]).map(Number)
}

export async function postmasterOf(directory: string): Promise<number> {
  return Number((await readFile(join(directory, '.guiji', 'pg', 'postmaster.pid'), 'utf8')).split('\n')[0])
}

/** Waits until `condition` holds; fails with what it still was after ten seconds. */
export async function until<Value>(
  look: () => Promise<Value>,
  holds: (value: Value) => boolean,
): Promise<Value> {
  for (const patience = AbortSignal.timeout(10_000); ; ) {
    const value = await look()
    if (holds(value)) return value
    if (patience.aborted) throw new Error(`still ${JSON.stringify(value)} after ten seconds`)
    await sleep(30)
  }
}

export const nobodyLeft = (pids: number[]): boolean => pids.length === 0

export interface Holder extends AsyncDisposable {
  readonly child: ChildProcess
  readonly url: string
  /** Lets the process close its store, and waits for its end. */
  finish(): Promise<number | null>
}

/** Another guiji process that holds the store of a workspace open. */
export async function holdStore(directory: string, options: SpawnOptions = {}): Promise<Holder> {
  const child = spawn(process.execPath, [holder, directory], {
    stdio: ['pipe', 'pipe', 'inherit'],
    ...options,
  })
  if (!child.stdout) throw new Error('no output')
  const lines = createInterface({ input: child.stdout })[Symbol.asyncIterator]()
  const { value } = await lines.next()
  if (value === undefined) throw new Error('the other process ended without a store')
  const finish = async () => {
    child.stdin?.end()
    if (child.exitCode === null && child.signalCode === null) await once(child, 'exit')
    return child.exitCode
  }
  return {
    child,
    url: String(value),
    finish,
    async [Symbol.asyncDispose]() {
      await finish()
    },
  }
}
