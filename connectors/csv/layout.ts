import { isIssue } from '../../src/connector.ts'
import { GuijiError } from '../../src/errors/guiji-error.ts'
import { firstRepeated, MOST_COLUMNS } from '../../src/records/columns.ts'
import { HEADROOM_BYTES } from '../../src/records/file-blocks.ts'
import type { SourceFile } from '../../src/records/source-files.ts'
import type { CsvEncoding, CsvRead } from './config.ts'
import { splitRecord } from './decode.ts'
import { type FoundEncoding, findEncoding, type Head, readHead } from './encoding.ts'
import { RecordCutter } from './records.ts'
import { transcoder } from './transcode.ts'

/** What the beginning of a file shows: how it is written and which columns it has. */
export interface Layout {
  readonly file: SourceFile
  readonly encoding: CsvEncoding
  /** Column names in the order of the file. */
  readonly names: readonly string[]
  /** Bytes before the first record; of the transcoded text where the file is UTF-16. */
  readonly skip: number
  /** Physical line on which the first record may start. */
  readonly line: number
  /** The first records, for a look at the values. */
  readonly sample: readonly (readonly (string | null)[])[]
}

const SAMPLE_RECORDS = 500
const LF = 10

export async function readLayout(file: SourceFile, read: CsvRead): Promise<Layout> {
  const head = await readHead(file)
  const found = await findEncoding(file, head, read.encoding)
  const text = headText(head, found)
  const from = read.skipLines === 0 ? markLength(text, found) : afterLines(text, read.skipLines)
  if (!read.header) return layout({ file, read, found, text, head }, read.columns, from)
  const cut = new RecordCutter(read).cut(text, from, head.whole)
  const start = cut.starts[0]
  const end = cut.ends[0]
  if (start === undefined || end === undefined) throw noHeader(file, head, read)
  const line = linesBefore(text, start) + 1
  const names = headerNames(text.subarray(start, end), { file, read, encoding: found.encoding, line })
  const newline = text.indexOf(LF, end)
  return layout({ file, read, found, text, head }, names, newline === -1 ? text.length : newline + 1)
}

/** The head as bytes that can be cut. */
function headText(head: Head, found: FoundEncoding): Buffer {
  if (found.encoding === 'utf-8' || found.encoding === 'gb18030') return head.bytes
  const buffer = Buffer.concat([Buffer.alloc(HEADROOM_BYTES), head.bytes])
  const block = transcoder(found.encoding).block({ buffer, length: head.bytes.length })
  return block.bytes.subarray(block.from)
}

interface Beginning {
  readonly file: SourceFile
  readonly read: CsvRead
  readonly found: FoundEncoding
  readonly text: Buffer
  readonly head: Head
}

function layout(beginning: Beginning, names: readonly string[], skip: number): Layout {
  const { file, read, found, text, head } = beginning
  const cut = new RecordCutter(read).cut(text, skip, head.whole)
  const decoder = new TextDecoder(textEncoding(found.encoding))
  const sample: (readonly (string | null)[])[] = []
  for (let i = 0; i < Math.min(cut.count, SAMPLE_RECORDS); i++) {
    const fields = splitRecord(
      decoder.decode(text.subarray(cut.starts[i], cut.ends[i])),
      read.delimiter,
      read.quote,
      names.length,
    )
    if (!isIssue(fields) && fields.length === names.length) sample.push(fields)
  }
  return { file, encoding: found.encoding, names, skip, line: linesBefore(text, skip) + 1, sample }
}

/** How the bytes are written that `decode` sees. */
export function textEncoding(encoding: CsvEncoding): 'utf-8' | 'gb18030' {
  return encoding === 'gb18030' ? 'gb18030' : 'utf-8'
}

function markLength(text: Buffer, found: FoundEncoding): number {
  if (found.mark === 0) return 0
  return textEncoding(found.encoding) === 'gb18030' ? found.mark : text.length === 0 ? 0 : 3
}

function afterLines(text: Buffer, lines: number): number {
  let at = 0
  for (let line = 0; line < lines; line++) {
    const newline = text.indexOf(LF, at)
    if (newline === -1) return text.length
    at = newline + 1
  }
  return at
}

function linesBefore(text: Buffer, end: number): number {
  let lines = 0
  for (let at = text.indexOf(LF); at !== -1 && at < end; at = text.indexOf(LF, at + 1)) lines++
  return lines
}

function headerNames(
  bytes: Buffer,
  place: { file: SourceFile; read: CsvRead; encoding: CsvEncoding; line: number },
): readonly string[] {
  const { file, read, encoding, line } = place
  const fail = (problem: string) => new GuijiError('FILE_HEADER', { file: file.path, line, problem })
  const fields = splitRecord(headerText(bytes, file, encoding), read.delimiter, read.quote)
  if (isIssue(fields)) throw fail(fields.message)
  if (fields.length > MOST_COLUMNS) throw fail(`more than ${MOST_COLUMNS} columns`)
  const names = fields.map((name) => name?.trim() ?? '')
  const empty = names.indexOf('')
  if (empty !== -1) throw fail(`column ${empty + 1} of ${names.length} has no name`)
  const twice = firstRepeated(names)
  if (twice !== undefined) throw fail(`the name ${twice} occurs twice`)
  return names
}

function headerText(bytes: Buffer, file: SourceFile, encoding: CsvEncoding): string {
  try {
    const text = new TextDecoder(textEncoding(encoding), { fatal: true }).decode(bytes)
    const problem = text.includes('\0') ? 'its header holds NUL bytes' : badHeader
    if (!text.includes('\0') && !(encoding.startsWith('utf-16') && text.includes('\ufffd'))) return text
    throw new GuijiError('FILE_ENCODING', { file: file.path, encoding, problem })
  } catch (error) {
    if (error instanceof GuijiError) throw error
    const details = { file: file.path, encoding, problem: badHeader }
    throw new GuijiError('FILE_ENCODING', details, { cause: error })
  }
}

const badHeader = 'its header holds bytes that are not valid in it'

function noHeader(file: SourceFile, head: Head, read: CsvRead): GuijiError {
  if (!head.whole) {
    const problem = `no line ends within the first ${head.bytes.length} bytes`
    return new GuijiError('FILE_HEADER', { file: file.path, line: read.skipLines + 1, problem })
  }
  const bytes = head.bytes.length
  const problem =
    bytes === 0 ? '0 bytes' : `${bytes} bytes, but no header after ${read.skipLines} skipped line(s)`
  return new GuijiError('FILE_EMPTY', { file: file.path, problem })
}
