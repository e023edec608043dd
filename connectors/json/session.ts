import type {
  ConnectorContext,
  Discovered,
  Listing,
  ListRequest,
  SourceSession,
  TestStep,
} from '../../src/connector.ts'
import { GuijiError } from '../../src/errors/guiji-error.ts'
import { planReading } from '../../src/records/file-reading.ts'
import { testFolder } from '../../src/records/folder-test.ts'
import { filesWithEnding, openFolder, type SourceFile } from '../../src/records/source-files.ts'
import { jsonRead } from './config.ts'
import { findPath, sampleFields } from './discover.ts'
import { findFormat } from './format.ts'
import { jsonListing } from './listing.ts'

const endings = ['.json', '.jsonl', '.ndjson']

/** A conversation with a folder of JSON files; nothing is held open between two listings. */
export function jsonSession(root: string, context: ConnectorContext): SourceSession {
  const folder = () => openFolder(context.directory, root, context.source)
  return {
    test: (): AsyncIterable<TestStep> => testFolder({ open: folder, endings, clock: context.clock }),

    async *discover(): AsyncIterable<Discovered> {
      for (const file of await filesWithEnding(await folder(), endings)) {
        yield await discoverFile(file, context.signal)
      }
    },

    async list(request: ListRequest): Promise<Listing> {
      const signal = AbortSignal.any([request.signal, context.signal])
      signal.throwIfAborted()
      const read = jsonRead(request.read)
      const reading = await planReading(await folder(), 'json', { ...request, read: { ...read }, signal })
      const formats = []
      for (const file of reading.files) formats.push(await findFormat(file, read))
      return jsonListing({ reading, read, fields: request.fields, formats, signal })
    },

    async [Symbol.asyncDispose](): Promise<void> {},
  }
}

async function discoverFile(file: SourceFile, signal: AbortSignal): Promise<Discovered> {
  let read: Discovered['read'] = { file: file.path }
  try {
    const lines = file.path.endsWith('l') || file.path.endsWith('.ndjson')
    const path = lines ? '' : await findPath(file)
    if (path !== '') read = { ...read, path }
    const complete = jsonRead(read)
    const fields = await sampleFields(await findFormat(file, complete), complete, signal)
    return { name: file.path, read, fields }
  } catch (error) {
    if (!(error instanceof GuijiError)) throw error
    return { name: file.path, title: error.message, read, fields: [] }
  }
}
