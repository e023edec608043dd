import { spawn } from 'node:child_process'
import { join } from 'node:path'

const main = join(import.meta.dirname, '../../../jobs/main.ts')

interface Around {
  readonly workspace: string
  /** Secrets of the sources, by variable. */
  readonly environment: Readonly<Record<string, string>>
  readonly signal: AbortSignal
}

/** Runs a guiji command as a person would, on this terminal, and gives its exit code. */
export async function guiji(words: readonly string[], around: Around): Promise<number> {
  const child = spawn(process.execPath, [main, ...words, '--workspace', around.workspace], {
    stdio: 'inherit',
    env: { ...process.env, ...around.environment },
  })
  // In a terminal Ctrl-C reaches the child by itself; a signal sent to this process alone is passed on.
  const stop = () => child.kill('SIGTERM')
  around.signal.addEventListener('abort', stop)
  try {
    return await new Promise((done, failed) => {
      child.on('error', failed)
      child.on('exit', (code) => done(code ?? 1))
    })
  } finally {
    around.signal.removeEventListener('abort', stop)
    around.signal.throwIfAborted()
  }
}
