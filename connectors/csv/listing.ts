import { type Issue, isIssue, type Listing } from '../../src/connector.ts'
import type { Columns } from '../../src/records/columns.ts'
import { FileListing } from '../../src/records/file-listing.ts'
import type { FileReading } from '../../src/records/file-reading.ts'
import { noMark } from '../../src/records/file-token.ts'
import { issue } from '../../src/records/issues.ts'
import { type CsvBatch, type FileEnd, fileBatches } from './batches.ts'
import type { CsvRead } from './config.ts'
import { splitRecord } from './decode.ts'
import { type Layout, textEncoding } from './layout.ts'
import { MAX_RECORD_BYTES, OVERSIZE_KEPT_BYTES } from './records.ts'

/** One reading of the CSV files of a request. */
export function csvListing(parts: {
  readonly reading: FileReading
  readonly read: CsvRead
  readonly columns: Columns
  readonly layouts: readonly Layout[]
  readonly signal: AbortSignal
}): Listing {
  const { reading, read, columns, layouts, signal } = parts
  const { delimiter, quote } = read
  const decode = (batch: CsvBatch, index: number) => {
    const fields = decodeRecord(batch, index, read)
    return isIssue(fields) ? fields : columns.arrange(batch.layout, fields)
  }
  const encoding = columns.alike ? copyEncoding(layouts) : undefined
  return new FileListing<CsvBatch>({
    reading,
    fields: columns.fields,
    decode,
    copy: encoding && { format: 'csv', delimiter, quote, escape: quote, encoding },
    readers: layouts.map((layout) => () => readFile(layout, { read, decode, signal })),
  })
}

/** PostgreSQL's name of the encoding. UTF-16 is not offered: what was invalid in it shows only on decoding. */
function copyEncoding(layouts: readonly Layout[]): 'UTF8' | 'GB18030' | undefined {
  const encodings = new Set(layouts.map(({ encoding }) => encoding))
  if (encodings.size !== 1) return undefined
  if (encodings.has('utf-8')) return 'UTF8'
  return encodings.has('gb18030') ? 'GB18030' : undefined
}

async function* readFile(
  layout: Layout,
  options: {
    readonly read: CsvRead
    readonly decode: (batch: CsvBatch, index: number) => readonly (string | null)[] | Issue
    readonly signal: AbortSignal
  },
) {
  const batches = fileBatches(layout, options.read, options.signal)
  try {
    let tail: CsvBatch | undefined
    let step = await batches.next()
    for (; step.done !== true; step = await batches.next()) {
      tail = step.value
      yield tail
    }
    const reason = tail && cutOff(tail, step.value, options.decode)
    return { mark: step.value.mark, ...(reason === undefined ? {} : { cutOff: reason }) }
  } finally {
    await batches.return({ mark: noMark, open: false, unclosed: false })
  }
}

/**
 * A file whose last record does not fit was cut off in the middle of it when no newline follows or a quote is open;
 * so was one that ends, without a newline, in a quoted field of several lines.
 */
function cutOff(
  tail: CsvBatch,
  { open, unclosed }: FileEnd,
  decode: (batch: CsvBatch, index: number) => readonly (string | null)[] | Issue,
): string | undefined {
  const misfit = isIssue(decode(tail, tail.count - 1))
  if (!(open && unclosed) && !(misfit && (open || unclosed))) return undefined
  const { file, line } = tail.place(tail.count - 1)
  return `${file} ends in the middle of a record, at line ${line}`
}

/** So many fields too many are counted, which tells what went wrong; beyond it does not matter. */
const COUNTED_BEYOND = 100

/** The fields of one record in the order of its file. */
function decodeRecord(batch: CsvBatch, index: number, read: CsvRead): readonly (string | null)[] | Issue {
  const { layout, oversize } = batch
  const bytes = batch.bytes.subarray(batch.starts[index], batch.ends[index])
  if (oversize.includes(index)) {
    const kept = `longer than ${MAX_RECORD_BYTES} bytes; its first ${OVERSIZE_KEPT_BYTES} bytes are kept`
    return issue('oversize', kept, lossyText(bytes.subarray(0, 800), layout))
  }
  const text = strictText(bytes, layout)
  if (text === undefined) {
    return issue('encoding', `bytes that are not valid ${layout.encoding}`, lossyText(bytes, layout))
  }
  const fields = splitRecord(text, read.delimiter, read.quote, layout.names.length + COUNTED_BEYOND)
  if (text.includes('\0')) return nulIssue(fields, layout)
  if (isIssue(fields) || fields.length === layout.names.length) return fields
  const most = layout.names.length + COUNTED_BEYOND
  const found = fields.length > most ? `more than ${most}` : fields.length
  return issue('ragged', `found ${found} fields, expected ${layout.names.length}`, text)
}

const strict = {
  'utf-8': new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }),
  gb18030: new TextDecoder('gb18030', { fatal: true, ignoreBOM: true }),
}

/** Undefined for bytes that are not what the file is said to be written in. */
function strictText(bytes: Buffer, layout: Layout): string | undefined {
  try {
    const text = strict[textEncoding(layout.encoding)].decode(bytes)
    return layout.encoding.startsWith('utf-16') && text.includes('\ufffd') ? undefined : text
  } catch {
    return undefined
  }
}

function lossyText(bytes: Buffer, layout: Layout): string {
  return new TextDecoder(textEncoding(layout.encoding)).decode(bytes)
}

function nulIssue(fields: ReturnType<typeof splitRecord>, layout: Layout): Issue {
  const message = 'a NUL character'
  if (isIssue(fields)) return issue('nul', message)
  const at = fields.findIndex((field) => field?.includes('\0'))
  return issue('nul', message, fields[at] ?? '', layout.names[at])
}
