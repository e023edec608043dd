import { type Discovered, isIssue } from '../../src/connector.ts'
import { GuijiError } from '../../src/errors/guiji-error.ts'
import { guessFields } from '../../src/records/guess-type.ts'
import type { SourceFile } from '../../src/records/source-files.ts'
import { recordCells } from './batches.ts'
import { decodeCells } from './decode.ts'
import { type Layout, sheetLayout } from './layout.ts'
import { openWorkbook, type Sheet, type Workbook } from './workbook.ts'

/** The sheets of a workbook; one that cannot be read is shown with the reason. */
export async function* discoverWorkbook(file: SourceFile, signal: AbortSignal): AsyncIterable<Discovered> {
  let workbook: Workbook
  try {
    workbook = await openWorkbook(file, signal)
  } catch (error) {
    yield unreadable(error, file.path, { file: file.path })
    return
  }
  await using opened = workbook
  for (const sheet of opened.sheets) yield await discoverSheet(opened, sheet, signal)
}

async function discoverSheet(workbook: Workbook, sheet: Sheet, signal: AbortSignal): Promise<Discovered> {
  const read = { file: workbook.file.path, sheet: sheet.name }
  const name = `${workbook.file.path}#${sheet.name}`
  try {
    const layout = await sheetLayout(workbook, sheet, { signal })
    return { name, read, fields: guessFields(layout.names, sample(layout)) }
  } catch (error) {
    return unreadable(error, name, read)
  }
}

function sample(layout: Layout): readonly (readonly (string | null)[])[] {
  const rows = layout.top.filter(({ number }) => number > layout.row)
  return rows.flatMap((row) => {
    const fields = decodeCells(recordCells(row, layout), layout, row.number)
    return isIssue(fields) ? [] : [fields]
  })
}

function unreadable(error: unknown, name: string, read: Discovered['read']): Discovered {
  if (!(error instanceof GuijiError)) throw error
  return { name, title: error.message, read, fields: [] }
}
