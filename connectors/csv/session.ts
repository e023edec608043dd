import type {
  ConnectorContext,
  Discovered,
  Listing,
  ListRequest,
  SourceSession,
  TestStep,
} from '../../src/connector.ts'
import { GuijiError } from '../../src/errors/guiji-error.ts'
import { combineColumns } from '../../src/records/columns.ts'
import { planReading } from '../../src/records/file-reading.ts'
import { testFolder } from '../../src/records/folder-test.ts'
import { guessFields } from '../../src/records/guess-type.ts'
import { filesWithEnding, openFolder } from '../../src/records/source-files.ts'
import { csvRead } from './config.ts'
import { guessDelimiter } from './delimiter.ts'
import { readHead } from './encoding.ts'
import { readLayout } from './layout.ts'
import { csvListing } from './listing.ts'

const endings = ['.csv', '.tsv', '.txt']

/** A conversation with a folder of CSV files; nothing is held open between two listings. */
export function csvSession(root: string, context: ConnectorContext): SourceSession {
  const folder = () => openFolder(context.directory, root, context.source)
  return {
    test: (): AsyncIterable<TestStep> => testFolder({ open: folder, endings, clock: context.clock }),

    async *discover(): AsyncIterable<Discovered> {
      for (const file of await filesWithEnding(await folder(), endings)) {
        context.signal.throwIfAborted()
        const delimiter = guessDelimiter((await readHead(file)).bytes)
        const read = { file: file.path, ...(delimiter === ',' ? {} : { delimiter }) }
        try {
          const { names, sample } = await readLayout(file, csvRead(read))
          yield { name: file.path, read, fields: guessFields(names, sample) }
        } catch (error) {
          if (!(error instanceof GuijiError)) throw error
          yield { name: file.path, title: error.message, read, fields: [] }
        }
      }
    },

    async list(request: ListRequest): Promise<Listing> {
      const signal = AbortSignal.any([request.signal, context.signal])
      signal.throwIfAborted()
      const read = csvRead(request.read)
      const reading = await planReading(await folder(), 'csv', { ...request, read: { ...read }, signal })
      const layouts = []
      for (const file of reading.files) layouts.push(await readLayout(file, read))
      const shown =
        layouts.length === 0 && reading.example ? [await readLayout(reading.example, read)] : layouts
      const columns = combineColumns(shown, request.fields)
      return csvListing({ reading, read, columns, layouts, signal })
    },

    async [Symbol.asyncDispose](): Promise<void> {},
  }
}
