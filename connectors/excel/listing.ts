import { isIssue, type Listing } from '../../src/connector.ts'
import type { Columns } from '../../src/records/columns.ts'
import { FileListing } from '../../src/records/file-listing.ts'
import type { FileReading } from '../../src/records/file-reading.ts'
import { type ExcelBatch, excelBatches } from './batches.ts'
import { decodeCells } from './decode.ts'
import type { Layout } from './layout.ts'
import type { Cell } from './sheet-rows.ts'

/** One reading of the workbooks of a request. */
export function excelListing(parts: {
  readonly reading: FileReading
  readonly columns: Columns
  readonly layouts: readonly Layout[]
  readonly signal: AbortSignal
}): Listing {
  const { reading, columns, layouts, signal } = parts
  return new FileListing<ExcelBatch>({
    reading,
    fields: columns.fields,
    decode: (batch, index) => {
      const text = batch.bytes.toString('utf8', batch.starts[index], batch.ends[index])
      const cells = JSON.parse(text) as readonly Cell[]
      const fields = decodeCells(cells, batch.layout, batch.rows[index] ?? 0)
      return isIssue(fields) ? fields : columns.arrange(batch.layout, fields)
    },
    readers: layouts.map((layout) => () => excelBatches(layout, signal)),
  })
}
