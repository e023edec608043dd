import { finished } from 'node:stream/promises'
import type pg from 'pg'
import { from as copyFrom } from 'pg-copy-streams'

/**
 * Sends frames to `COPY … FROM STDIN` with back-pressure and returns how many rows PostgreSQL took. `sent` is called
 * when the last byte has left this process and PostgreSQL works on alone.
 */
export async function copyIn(
  client: pg.ClientBase,
  statement: string,
  frames: readonly Buffer[],
  sent: () => void = () => {},
): Promise<number> {
  const stream = client.query(copyFrom(statement))
  const done = finished(stream, { readable: false })
  // A failure surfaces through `done`; without this a rejection during the writes would count as unhandled.
  done.catch(() => {})
  for (const frame of frames) {
    if (stream.destroyed) break
    const last = frame === frames.at(-1)
    if (!stream.write(frame, last ? () => sent() : undefined))
      await Promise.race([drained(stream), done.catch(() => {})])
  }
  stream.end()
  await done
  return stream.rowCount
}

function drained(stream: NodeJS.WritableStream): Promise<void> {
  return new Promise((resolve) => stream.once('drain', resolve))
}

/**
 * Errors that say "this data does not fit": SQLSTATE class 22 (data exception), 23 (constraint), and 54001, values
 * nested too deep. Everything else (disk full, shutdown, lost connection) is a matter of the store.
 */
export function isDataError(error: unknown): boolean {
  const code = error instanceof Error && 'code' in error ? String(error.code) : ''
  return code.startsWith('22') || code.startsWith('23') || code === '54001'
}

/**
 * A fault of COPY's WHERE, seen in PostgreSQL 18: where it can replace a NOT by the opposite operator (`not (a > b)`, as
 * a rule may say) it forgets to look that operator's function up. Such a chunk goes another way.
 */
export function isCopyFault(error: unknown): boolean {
  return error instanceof Error && error.message === 'cache lookup failed for function 0'
}
