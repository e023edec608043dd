import { type Batch, type Issue, isIssue, type Listing, type ListingEnd } from '../../src/connector.ts'
import type { FileReading } from '../../src/records/file-reading.ts'
import type { FileMark } from '../../src/records/file-token.ts'
import { issue } from '../../src/records/issues.ts'
import { type CsvBatch, fileBatches } from './batches.ts'
import type { Columns } from './columns.ts'
import type { CsvRead } from './config.ts'
import { splitRecord } from './decode.ts'
import { type Layout, textEncoding } from './layout.ts'
import { MAX_RECORD_BYTES, OVERSIZE_KEPT_BYTES } from './records.ts'

/** One reading of the CSV files of a request. */
export class CsvListing implements Listing {
  readonly unchanged: boolean
  readonly unchangedBy?: string
  readonly fields: readonly string[]
  readonly publishedAt: Date
  readonly bytes: number
  readonly copy?: NonNullable<Listing['copy']>
  readonly #reading: FileReading
  readonly #read: CsvRead
  readonly #columns: Columns
  readonly #layouts: readonly Layout[]
  readonly #signal: AbortSignal
  readonly #marks: FileMark[] = []
  #running: AsyncGenerator<CsvBatch, unknown> | undefined
  #incomplete: string | undefined = 'it was not read to its end'

  constructor(parts: {
    reading: FileReading
    read: CsvRead
    columns: Columns
    layouts: readonly Layout[]
    signal: AbortSignal
  }) {
    const { reading, read, columns } = parts
    this.unchanged = reading.unchangedBy !== undefined
    if (reading.unchangedBy !== undefined) this.unchangedBy = reading.unchangedBy
    if (this.unchanged) this.#incomplete = undefined
    this.fields = columns.fields
    this.publishedAt = reading.publishedAt
    this.bytes = reading.bytes
    if (columns.copyEncoding !== undefined) {
      const { delimiter, quote } = read
      this.copy = { format: 'csv', delimiter, quote, escape: quote, encoding: columns.copyEncoding }
    }
    this.#reading = reading
    this.#read = read
    this.#columns = columns
    this.#layouts = parts.layouts
    this.#signal = parts.signal
  }

  async *batches(): AsyncIterable<CsvBatch> {
    if (this.unchanged) return
    let cutOff: string | undefined
    for (const layout of this.#layouts) {
      const running = fileBatches(layout, this.#read, this.#signal)
      this.#running = running
      let tail: CsvBatch | undefined
      let step = await running.next()
      for (; step.done !== true; step = await running.next()) {
        tail = step.value
        yield tail
      }
      this.#marks.push(step.value.mark)
      cutOff ??= step.value.open ? this.#cutOff(tail) : undefined
    }
    this.#incomplete = cutOff
  }

  decode(batch: Batch, index: number): readonly (string | null)[] | Issue {
    const { layout, oversize } = batch as CsvBatch
    const bytes = batch.bytes.subarray(batch.starts[index], batch.ends[index])
    if (oversize.includes(index)) {
      const kept = `longer than ${MAX_RECORD_BYTES} bytes; its first ${OVERSIZE_KEPT_BYTES} bytes are kept`
      return issue('oversize', kept, lossyText(bytes.subarray(0, 800), layout))
    }
    const text = strictText(bytes, layout)
    if (text === undefined) {
      return issue('encoding', `bytes that are not valid ${layout.encoding}`, lossyText(bytes, layout))
    }
    const fields = splitRecord(text, this.#read.delimiter, this.#read.quote)
    if (text.includes('\0')) return nulIssue(fields, layout)
    if (isIssue(fields)) return fields
    if (fields.length !== layout.names.length) {
      return issue('ragged', `found ${fields.length} fields, expected ${layout.names.length}`, text)
    }
    return this.#columns.arrange(layout, fields)
  }

  end(): ListingEnd {
    if (this.#incomplete !== undefined) return { complete: false, reason: this.#incomplete }
    return { complete: true, token: this.#reading.token(this.#marks) }
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#running?.return(undefined)
  }

  /** A file that ends without a newline in a record that does not fit was cut off in the middle of it. */
  #cutOff(tail: CsvBatch | undefined): string | undefined {
    if (tail === undefined || !isIssue(this.decode(tail, tail.count - 1))) return undefined
    const { file, line } = tail.place(tail.count - 1)
    return `${file} ends in the middle of the record on line ${line}`
  }
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
