import { type ChildProcess, spawn } from 'node:child_process'
import { fileURLToPath } from 'node:url'

const command = fileURLToPath(new URL('../../bin/guiji', import.meta.url))
const compileCache = fileURLToPath(new URL('../../node_modules/.cache/guiji-e2e', import.meta.url))

export interface Finished {
  readonly code: number | null
  readonly out: string
  readonly err: string
}

export interface Running {
  readonly child: ChildProcess
  /** Settles when the process has ended and its streams are closed. */
  readonly finished: Promise<Finished>
  /** What stdout holds by now. */
  said(): string
  /** What stderr holds by now. */
  complained(): string
  /** Waits until stdout holds the text. */
  until(text: string): Promise<void>
}

export interface CallOptions {
  readonly cwd?: string
  readonly lang?: 'zh' | 'en'
  /** Variables besides those every call has. */
  readonly env?: Readonly<Record<string, string>>
}

/** Starts `guiji` as a person does, in a process group of its own and without any setting of the machine. */
export function startGuiji(
  words: readonly string[],
  { cwd, lang = 'en', env = {} }: CallOptions = {},
): Running {
  const child = spawn(process.execPath, [command, ...words], {
    cwd,
    detached: true,
    stdio: ['ignore', 'pipe', 'pipe'],
    env: {
      PATH: process.env.PATH,
      // A hundred calls compile the same files: once is enough.
      NODE_COMPILE_CACHE: compileCache,
      USER: 'tester',
      LANG: lang === 'zh' ? 'zh_CN.UTF-8' : 'en_US.UTF-8',
      ...env,
    },
  })
  let out = ''
  let err = ''
  child.stdout.setEncoding('utf8').on('data', (text: string) => {
    out += text
  })
  child.stderr.setEncoding('utf8').on('data', (text: string) => {
    err += text
  })
  const finished = new Promise<Finished>((resolve, reject) => {
    child.on('error', reject)
    child.on('close', (code) => resolve({ code, out, err }))
  })
  const until = async (text: string) => {
    while (!out.includes(text)) {
      if (child.exitCode !== null) throw new Error(`guiji ended without "${text}": ${out}${err}`)
      await new Promise((resolve) => setTimeout(resolve, 10))
    }
  }
  return { child, finished, said: () => out, complained: () => err, until }
}

export async function guiji(words: readonly string[], options: CallOptions = {}): Promise<Finished> {
  return await startGuiji(words, options).finished
}

/** Runs a command with `--json` and reads what it says: its last line. Fails where the exit code is another. */
export async function guijiJson<Answer>(
  words: readonly string[],
  options: CallOptions & { readonly code?: number } = {},
): Promise<Answer> {
  const { code, out, err } = await guiji([...words, '--json'], options)
  if (code !== (options.code ?? 0))
    throw new Error(`guiji ${words.join(' ')} ended with ${code}: ${out}${err}`)
  return JSON.parse(out.trimEnd().split('\n').at(-1) ?? '') as Answer
}
