import type {
  ConnectorContext,
  Discovered,
  Listing,
  ListRequest,
  SourceSession,
  TestStep,
} from '../../src/connector.ts'
import { combineColumns } from '../../src/records/columns.ts'
import { planReading } from '../../src/records/file-reading.ts'
import { testFolder } from '../../src/records/folder-test.ts'
import { filesWithEnding, openFolder } from '../../src/records/source-files.ts'
import { excelRead } from './config.ts'
import { discoverWorkbook } from './discover.ts'
import { readLayout } from './layout.ts'
import { excelListing } from './listing.ts'

const endings = ['.xlsx', '.xlsm']

/** A conversation with a folder of workbooks; nothing is held open between two listings. */
export function excelSession(root: string, context: ConnectorContext): SourceSession {
  const folder = () => openFolder(context.directory, root, context.source)
  return {
    test: (): AsyncIterable<TestStep> => testFolder({ open: folder, endings, clock: context.clock }),

    async *discover(): AsyncIterable<Discovered> {
      for (const file of await filesWithEnding(await folder(), endings)) {
        // Excel's own lock files beside an open workbook
        if (!/(^|\/)~\$/.test(file.path)) yield* discoverWorkbook(file, context.signal)
      }
    },

    async list(request: ListRequest): Promise<Listing> {
      const signal = AbortSignal.any([request.signal, context.signal])
      signal.throwIfAborted()
      const read = excelRead(request.read)
      const reading = await planReading(await folder(), 'excel', { ...request, read: { ...read }, signal })
      const layouts = []
      for (const file of reading.files) layouts.push(await readLayout(file, read, signal))
      const { example } = reading
      const shown = layouts.length === 0 && example ? [await readLayout(example, read, signal)] : layouts
      return excelListing({ reading, columns: combineColumns(shown, request.fields), layouts, signal })
    },

    async [Symbol.asyncDispose](): Promise<void> {},
  }
}
