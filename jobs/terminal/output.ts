import type { Writable } from 'node:stream'

/** One of the process's two streams, as commands use it. */
export interface Output {
  readonly isTerminal: boolean
  /** Columns of the terminal; 80 in a pipe. */
  readonly width: number
  line(text: string): void
  lines(texts: readonly string[]): void
  /** One JSON value on one line. Counts (bigint) become decimal strings. */
  json(value: unknown): void
  /** Bytes or text as they are, waiting while the reader is slower. */
  write(data: string | Uint8Array): Promise<void>
}

interface Terminal extends Writable {
  readonly isTTY?: boolean
  readonly columns?: number
}

export function outputTo(stream: Terminal): Output {
  const line = (text: string) => {
    stream.write(`${text}\n`)
  }
  return {
    get isTerminal() {
      return stream.isTTY === true
    },
    get width() {
      return stream.columns || 80
    },
    line,
    lines: (texts) => texts.forEach(line),
    json: (value) => line(JSON.stringify(value, (_, one) => (typeof one === 'bigint' ? String(one) : one))),
    write: (data) =>
      new Promise((resolve, reject) => {
        // A reader that has had enough ends the whole process: see `main`.
        const closed = (error: NodeJS.ErrnoException) => error.code === 'EPIPE'
        stream.write(data, (error) => (error && !closed(error) ? reject(error) : resolve()))
      }),
  }
}
