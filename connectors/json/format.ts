import { GuijiError } from '../../src/errors/guiji-error.ts'
import { openSourceFile } from '../../src/records/open-file.ts'
import { problemOf, type SourceFile } from '../../src/records/source-files.ts'
import type { JsonRead } from './config.ts'

/** How one file holds its records. */
export interface JsonFormat {
  readonly file: SourceFile
  readonly format: 'array' | 'lines'
  /** Length of the byte order mark. */
  readonly mark: number
}

const HEAD_BYTES = 1024 * 1024

/**
 * `auto`: a document that begins with `[`, or for which a path is given, is an array; one whose first line is a
 * whole JSON value is lines. JSON is UTF-8 (RFC 8259): a byte order mark of UTF-16 is an error.
 */
export async function findFormat(file: SourceFile, read: JsonRead): Promise<JsonFormat> {
  const head = await readHead(file)
  const [first = 0, second = 0, third = 0] = head
  if ((first === 0xff && second === 0xfe) || (first === 0xfe && second === 0xff)) {
    const problem = 'it begins with the byte order mark of UTF-16'
    throw new GuijiError('FILE_ENCODING', { file: file.path, encoding: 'utf-8', problem })
  }
  const mark = first === 0xef && second === 0xbb && third === 0xbf ? 3 : 0
  const text = head.toString('utf8', mark).trimStart()
  const format = read.format === 'auto' ? guess(text, file, read) : read.format
  if (text === '' && head.length === file.size) {
    const problem = file.size === 0 ? '0 bytes' : `${file.size} bytes of white space`
    // Lines may be none; a document that is not there is something else than an empty array.
    if (format === 'array' || file.size === 0)
      throw new GuijiError('FILE_EMPTY', { file: file.path, problem })
  }
  return { file, format, mark }
}

function guess(text: string, file: SourceFile, read: JsonRead): 'array' | 'lines' {
  if (text === '' || read.path !== '') return 'array'
  const lines = text.split('\n', 2)
  if (lines.some(isWhole) && !text.startsWith('[')) return 'lines'
  if (text.startsWith('[')) return lines.length > 1 && lines.every(isWhole) ? 'lines' : 'array'
  const problem = 'the document is not an array, and no path is given'
  throw new GuijiError('JSON_NO_RECORDS', { file: file.path, path: '', problem })
}

function isWhole(line: string): boolean {
  try {
    JSON.parse(line)
    return true
  } catch {
    return false
  }
}

async function readHead(file: SourceFile): Promise<Buffer> {
  try {
    await using handle = await openSourceFile(file)
    const buffer = Buffer.allocUnsafe(Math.min(HEAD_BYTES, file.size))
    const { bytesRead } = await handle.read(buffer, 0, buffer.length, 0)
    return buffer.subarray(0, bytesRead)
  } catch (error) {
    if (error instanceof GuijiError) throw error
    throw new GuijiError('FILE_UNREADABLE', { file: file.path, problem: problemOf(error) }, { cause: error })
  }
}
