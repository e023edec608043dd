import { isAscii } from 'node:buffer'
import { GuijiError } from '../../src/errors/guiji-error.ts'
import { openSourceFile } from '../../src/records/open-file.ts'
import { problemOf, type SourceFile } from '../../src/records/source-files.ts'
import type { CsvEncoding } from './config.ts'

/** Bytes looked at to find out how a file is written, and in which its header must end. */
export const HEAD_BYTES = 1024 * 1024

/** The beginning of a file. */
export interface Head {
  readonly bytes: Buffer
  /** The file is no longer than this. */
  readonly whole: boolean
}

export interface FoundEncoding {
  readonly encoding: CsvEncoding
  /** Length of the byte order mark. */
  readonly mark: number
}

const marks: readonly (readonly [CsvEncoding, readonly number[]])[] = [
  ['utf-8', [0xef, 0xbb, 0xbf]],
  ['utf-16le', [0xff, 0xfe]],
  ['utf-16be', [0xfe, 0xff]],
  ['gb18030', [0x84, 0x31, 0x95, 0x33]],
]

export async function readHead(file: SourceFile): Promise<Head> {
  const bytes = await readAt(file, 0)
  return { bytes, whole: bytes.length === file.size }
}

/**
 * How a file is written. `auto`: its byte order mark; without one UTF-8 when the first MiB that is not pure ASCII
 * is valid UTF-8 but for single bytes, else GB18030. A mark that contradicts a declared encoding is an error.
 */
export async function findEncoding(
  file: SourceFile,
  head: Head,
  declared: CsvEncoding | 'auto',
): Promise<FoundEncoding> {
  const marked = marks.find(([, mark]) => mark.every((byte, at) => head.bytes[at] === byte))
  if (declared === 'auto') {
    if (marked) return { encoding: marked[0], mark: marked[1].length }
    return { encoding: await guess(file, head), mark: 0 }
  }
  if (marked && marked[0] !== declared) {
    const problem = `it begins with the byte order mark of ${marked[0]}`
    throw new GuijiError('FILE_ENCODING', { file: file.path, encoding: declared, problem })
  }
  return { encoding: declared, mark: marked ? marked[1].length : 0 }
}

async function guess(file: SourceFile, head: Head): Promise<CsvEncoding> {
  let bytes = head.bytes
  let position = 0
  while (isAscii(bytes)) {
    position += bytes.length
    if (position >= file.size) return 'utf-8'
    bytes = await readAt(file, position)
    if (bytes.length === 0) return 'utf-8'
  }
  return isMostlyUtf8(bytes) ? 'utf-8' : 'gb18030'
}

/**
 * Valid UTF-8, or so nearly that single bytes must be damaged: Chinese in UTF-8 often passes for GB18030 and would
 * come out as other characters, Chinese in GB18030 hardly ever passes for UTF-8.
 */
function isMostlyUtf8(bytes: Buffer): boolean {
  // With `stream` a character cut off at the end of the bytes is not counted.
  const text = new TextDecoder('utf-8').decode(bytes, { stream: true })
  const damaged = text.match(/\ufffd+/g)?.length ?? 0
  if (damaged === 0) return true
  const valid = text.match(/[\x80-\ufffc]/g)?.length ?? 0
  return valid > 10 * damaged
}

async function readAt(file: SourceFile, position: number): Promise<Buffer> {
  try {
    await using handle = await openSourceFile(file)
    const buffer = Buffer.allocUnsafe(Math.min(HEAD_BYTES, Math.max(0, file.size - position)))
    const { bytesRead } = await handle.read(buffer, 0, buffer.length, position)
    return buffer.subarray(0, bytesRead)
  } catch (error) {
    if (error instanceof GuijiError) throw error
    throw new GuijiError('FILE_UNREADABLE', { file: file.path, problem: problemOf(error) }, { cause: error })
  }
}
