import type { Entry } from '../generator/listing.ts'
import type { SourceRecord } from '../generator/records.ts'

const recordsPerBlock = 4_096

/** Joins the texts of many records into blocks, so that a large file never stands in memory whole. */
export function* blocks(
  entries: Float64Array,
  read: (entry: Entry) => SourceRecord,
  write: (record: SourceRecord) => string,
): Generator<string> {
  let lines: string[] = []
  for (const entry of entries) {
    lines.push(write(read(entry)))
    if (lines.length < recordsPerBlock) continue
    yield lines.join('')
    lines = []
  }
  if (lines.length > 0) yield lines.join('')
}
