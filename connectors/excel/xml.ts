import { SaxesParser } from 'saxes'
import { GuijiError } from '../../src/errors/guiji-error.ts'
import type { ZipArchive } from './zip-archive.ts'

export type Attributes = Readonly<Record<string, string>>

/** What a reader of XML does at each part; names are without namespace prefix. */
export interface XmlHandlers {
  open(name: string, attributes: Attributes): void
  close?(name: string): void
  text?(text: string): void
}

/** Of a text, a comment or a tag. */
const LONGEST_PIECE_BYTES = 16 * 1024 * 1024
const DEEPEST = 256
/** Parts other than sheets and shared texts are small. */
const SMALL_PART_BYTES = 64 * 1024 * 1024

/**
 * Reads one part of a workbook piece by piece and yields after each piece, so that the caller can take what its
 * handlers collected before more is read.
 */
export async function* readXml(
  archive: ZipArchive,
  part: { readonly name: string; readonly file: string; readonly signal: AbortSignal },
  handlers: XmlHandlers,
): AsyncGenerator<void> {
  const parser = new SaxesParser({ xmlns: false, position: false })
  const fail = (problem: string, cause?: unknown) =>
    new GuijiError('EXCEL_BROKEN', { file: part.file, problem: `${part.name}: ${problem}` }, { cause })
  /** Bytes since the parser last gave something on: what it holds by now. */
  let held = 0
  let depth = 0
  parser.on('opentag', ({ name, attributes }) => {
    held = 0
    if (++depth > DEEPEST) throw fail('elements nested too deep')
    handlers.open(localName(name), attributes)
  })
  parser.on('closetag', ({ name }) => {
    held = 0
    depth--
    handlers.close?.(localName(name))
  })
  const text = (piece: string) => {
    held = 0
    handlers.text?.(piece)
  }
  parser.on('text', text)
  parser.on('cdata', text)
  // No workbook has one, and entities are what it is misused for.
  parser.on('doctype', () => {
    throw fail('a document type declaration')
  })
  parser.on('error', (error) => {
    throw fail(error.message, error)
  })
  const decoder = new TextDecoder('utf-8', { fatal: true })
  const decode = (bytes?: Buffer) => {
    try {
      return bytes === undefined ? decoder.decode() : decoder.decode(bytes, { stream: true })
    } catch (error) {
      throw fail('bytes that are not valid UTF-8', error)
    }
  }
  for await (const bytes of archive.bytes(part.name, part.signal)) {
    held += bytes.length
    parser.write(decode(bytes))
    if (held > LONGEST_PIECE_BYTES) throw fail(`a piece of more than ${LONGEST_PIECE_BYTES} bytes`)
    yield
  }
  parser.write(decode()).close()
  yield
}

/** Reads a part whose handlers keep what they need; `limit` are the bytes it may unpack to. */
export async function readWholeXml(
  archive: ZipArchive,
  part: Parameters<typeof readXml>[1],
  handlers: XmlHandlers,
  limit = SMALL_PART_BYTES,
): Promise<void> {
  const size = archive.sizeOf(part.name)
  if (size > limit) {
    const problem = `${part.name} has ${size} bytes, of which ${limit} are read`
    throw new GuijiError('EXCEL_TOO_LARGE', { file: part.file, problem })
  }
  for await (const _ of readXml(archive, part, handlers));
}

function localName(name: string): string {
  const colon = name.indexOf(':')
  return colon === -1 ? name : name.slice(colon + 1)
}
