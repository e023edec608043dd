import { mkdir, writeFile } from 'node:fs/promises'
import path from 'node:path'
import { csv } from '../../../../connectors/csv/index.ts'
import { isIssue, type Listing, type ListRequest } from '../../../../src/connector.ts'
import { contextOf } from '../../../conformance/connector-suite.ts'
import { type TestFolder, testFolder } from '../../../conformance/folder-source.ts'
import { readAll, requestFor } from '../../../conformance/reading.ts'

/** A folder with these files. */
export async function folderWith(files: Readonly<Record<string, string | Buffer>>): Promise<TestFolder> {
  const folder = await testFolder()
  for (const [name, content] of Object.entries(files)) {
    await mkdir(path.dirname(path.join(folder.directory, name)), { recursive: true })
    await writeFile(path.join(folder.directory, name), content)
  }
  return folder
}

export async function listCsv(
  folder: TestFolder,
  read: Readonly<Record<string, unknown>>,
  request: Partial<ListRequest> = {},
): Promise<Listing> {
  await using session = await csv.open({ root: '.' }, contextOf(folder.directory))
  return await session.list({ ...requestFor(read, []), ...request })
}

/** Everything about one CSV file that is in memory: its fields, its records, and how the reading ended. */
export async function readCsv(content: string | Buffer, read: Readonly<Record<string, unknown>> = {}) {
  await using folder = await folderWith({ 'a.csv': content })
  await using listing = await listCsv(folder, { file: 'a.csv', ...read })
  const records = await readAll(listing)
  return {
    fields: listing.fields,
    copy: listing.copy,
    records,
    values: records.map(({ fields }) => (isIssue(fields) ? fields.reason : fields)),
    lines: records.map(({ place }) => place.line),
    end: listing.end(),
  }
}
