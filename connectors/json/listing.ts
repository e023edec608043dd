import { type Issue, isIssue, type Listing } from '../../src/connector.ts'
import { FileListing } from '../../src/records/file-listing.ts'
import type { FileReading } from '../../src/records/file-reading.ts'
import { noMark } from '../../src/records/file-token.ts'
import { issue } from '../../src/records/issues.ts'
import { JsonReader } from '../../src/records/json-reader.ts'
import { MAX_JSON_RECORD_BYTES, OVERSIZE_JSON_KEPT_BYTES } from '../../src/records/json-records.ts'
import { type JsonBatch, jsonBatches } from './batches.ts'
import type { JsonRead } from './config.ts'
import type { JsonFormat } from './format.ts'

/** One reading of the JSON files of a request; its fields are those asked for, as records need not all have them. */
export function jsonListing(parts: {
  readonly reading: FileReading
  readonly read: JsonRead
  readonly fields: readonly string[]
  readonly formats: readonly JsonFormat[]
  readonly signal: AbortSignal
}): Listing {
  const { reading, read, fields, formats, signal } = parts
  const reader = new JsonReader(fields)
  return new FileListing<JsonBatch>({
    reading,
    fields,
    decode: (batch, index) => decodeRecord(batch, index, reader),
    readers: formats.map((format) => () => readFile(format, read, signal)),
  })
}

/** Lines whose last one has no newline and does not parse end in the middle of a record. */
async function* readFile(format: JsonFormat, read: JsonRead, signal: AbortSignal) {
  const batches = jsonBatches(format, read, signal)
  try {
    let tail: JsonBatch | undefined
    let step = await batches.next()
    for (; step.done !== true; step = await batches.next()) {
      tail = step.value
      yield tail
    }
    const { mark, open } = step.value
    const isCut =
      tail !== undefined && open && isIssue(decodeRecord(tail, tail.count - 1, new JsonReader([])))
    return isCut ? { mark, cutOff: `${format.file.path} ends in the middle of a record` } : { mark }
  } finally {
    await batches.return({ mark: noMark, open: false })
  }
}

function decodeRecord(
  batch: JsonBatch,
  index: number,
  reader: JsonReader,
): readonly (string | null)[] | Issue {
  const start = batch.starts[index] ?? 0
  const end = batch.ends[index] ?? 0
  if (!batch.oversize.includes(index)) return reader.read(batch.bytes, start, end)
  const bytes = batch.bytes.subarray(start, end)
  const kept = `longer than ${MAX_JSON_RECORD_BYTES} bytes; its first ${OVERSIZE_JSON_KEPT_BYTES} bytes are kept`
  return issue('oversize', kept, bytes.toString('utf8', 0, 800))
}
