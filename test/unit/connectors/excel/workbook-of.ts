import { open } from 'node:fs/promises'
import path from 'node:path'
import { excel } from '../../../../connectors/excel/index.ts'
import { type SheetToWrite, writeWorkbook } from '../../../../connectors/excel/write-workbook.ts'
import { ZipWriter } from '../../../../connectors/excel/zip-writer.ts'
import { isIssue } from '../../../../src/connector.ts'
import { contextOf } from '../../../conformance/connector-suite.ts'
import { testFolder } from '../../../conformance/folder-source.ts'
import { readAll, requestFor } from '../../../conformance/reading.ts'

/** Everything about one workbook that `write` puts at the path it is given. */
export async function readExcel(
  write: (file: string) => Promise<void>,
  read: Readonly<Record<string, unknown>> = {},
) {
  await using folder = await testFolder()
  await write(path.join(folder.directory, 'a.xlsx'))
  await using session = await excel.open({ root: '.' }, contextOf(folder.directory))
  await using listing = await session.list(requestFor({ file: 'a.xlsx', ...read }, []))
  const records = await readAll(listing)
  return {
    fields: listing.fields,
    records,
    values: records.map(({ fields }) => (isIssue(fields) ? fields.reason : fields)),
    rows: records.map(({ place }) => place.line),
    end: listing.end(),
  }
}

export function readRows(
  rows: SheetToWrite['rows'],
  read: Readonly<Record<string, unknown>> = {},
  options: { readonly date1904?: boolean } = {},
) {
  return readExcel((file) => writeWorkbook(file, [{ name: 'S', rows }], options), read)
}

/** A workbook as other programs write them: shared texts, styles by number, prefixes, rows without numbers. */
export async function writeParts(
  file: string,
  parts: { readonly sheet: string; readonly texts?: string; readonly styles?: string },
): Promise<void> {
  await using handle = await open(file, 'w')
  const zip = new ZipWriter(handle)
  const rel = (id: string, type: string, target: string) =>
    `<Relationship Id="${id}" Type="http://purl.oclc.org/ooxml/${type}" Target="${target}"/>`
  await zip.part('_rels/.rels', [
    `<Relationships>${rel('a', 'officeDocument', '/xl/workbook.xml')}</Relationships>`,
  ])
  await zip.part('xl/workbook.xml', [
    '<x:workbook xmlns:x="m" xmlns:r="o"><x:sheets>',
    '<x:sheet name="S" r:id="s"/>',
    '</x:sheets></x:workbook>',
  ])
  const related =
    rel('s', 'worksheet', 'sheets/one.xml') + rel('t', 'sharedStrings', 't.xml') + rel('y', 'styles', 'y.xml')
  await zip.part('xl/_rels/workbook.xml.rels', [`<Relationships>${related}</Relationships>`])
  await zip.part('xl/sheets/one.xml', [
    `<x:worksheet xmlns:x="m"><x:sheetData>${parts.sheet}</x:sheetData></x:worksheet>`,
  ])
  await zip.part('xl/t.xml', [`<sst>${parts.texts ?? ''}</sst>`])
  await zip.part('xl/y.xml', [`<styleSheet>${parts.styles ?? ''}</styleSheet>`])
  await zip.end()
}

/** Counts the records of `a.xlsx` in a folder without keeping them. */
export async function countRecords(directory: string) {
  await using session = await excel.open({ root: '.' }, contextOf(directory))
  await using listing = await session.list(requestFor({ file: 'a.xlsx' }, []))
  let records = 0
  let largest = 0
  let lastRow = 0
  for await (const batch of listing.batches()) {
    records += batch.count
    largest = Math.max(largest, batch.bytes.length)
    lastRow = batch.place(batch.count - 1).line ?? 0
  }
  return { records, largest, lastRow, complete: listing.end().complete }
}
