import { readFile } from 'node:fs/promises'
import { basename, extname } from 'node:path'
import { GuijiError } from '../errors/guiji-error.ts'
import type { Problem } from '../workspace/problem.ts'
import { createProblem } from '../workspace/problem.ts'
import { guessDelimiter, parseCsv } from './parse-csv.ts'

/** Reads the first sheet of a workbook as rows of cell texts. */
export type SheetReader = (path: string) => Promise<string[][]>

/**
 * The rows of a published list, `.csv` (UTF-8, UTF-16 or GB18030) or `.xlsx`. Throws LIST_FORMAT_UNKNOWN and
 * LIST_ENCODING for files that are something else.
 */
export async function readList(path: string, readSheet: SheetReader): Promise<string[][] | Problem> {
  const extension = extname(path).toLowerCase()
  if (extension === '.xlsx') return readSheet(path)
  if (extension !== '.csv' && extension !== '.txt') throw new GuijiError('LIST_FORMAT_UNKNOWN', { path })
  const text = decode(await readFile(path), path)
  const rows = parseCsv(text, guessDelimiter(text))
  if (Array.isArray(rows)) return rows
  return createProblem({ file: basename(path), line: rows.openQuoteAt, column: 1 }, 'LIST_QUOTE_OPEN', {
    found: '"',
  })
}

/** A byte order mark tells the encoding; without one UTF-8 where it is valid, else GB18030, as Excel in China saves. */
function decode(bytes: Buffer, path: string): string {
  const marked = { fffe: 'utf-16le', feff: 'utf-16be' }[bytes.subarray(0, 2).toString('hex')]
  for (const encoding of marked ? [marked] : ['utf-8', 'gb18030']) {
    try {
      return new TextDecoder(encoding, { fatal: true }).decode(bytes)
    } catch {
      // Not this encoding: the next is tried, and after the last the file is refused.
    }
  }
  throw new GuijiError('LIST_ENCODING', { path })
}
