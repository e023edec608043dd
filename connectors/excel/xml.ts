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
  parser.on('opentag', ({ name, attributes }) => handlers.open(localName(name), attributes))
  parser.on('closetag', ({ name }) => handlers.close?.(localName(name)))
  parser.on('text', (text) => handlers.text?.(text))
  parser.on('cdata', (text) => handlers.text?.(text))
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
    parser.write(decode(bytes))
    yield
  }
  parser.write(decode()).close()
  yield
}

/** Reads a part that is small, or whose handlers keep what they need. */
export async function readWholeXml(...parameters: Parameters<typeof readXml>): Promise<void> {
  for await (const _ of readXml(...parameters));
}

function localName(name: string): string {
  const colon = name.indexOf(':')
  return colon === -1 ? name : name.slice(colon + 1)
}
