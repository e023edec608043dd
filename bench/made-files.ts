import { createWriteStream } from 'node:fs'
import { pipeline } from 'node:stream/promises'
import { columnNames } from './enterprises.ts'
import { madeRow, type Variant, variantLine } from './made-rows.ts'

/** Text is written in pieces of about this many characters, so that memory does not grow with the rows. */
const pieceLength = 1 << 18

/** Writes the rows as CSV in UTF-8; gives how many lines differ from the variant before. */
export async function writeCsv(file: string, rows: number, variant: Variant): Promise<number> {
  let hits = 0
  function* pieces(): Generator<string> {
    let piece = `${columnNames.replaceAll(' ', '')}\n`
    for (let number = 0; number < rows; number += 1) {
      const { line, hit } = variantLine(number, rows, variant)
      if (hit) hits += 1
      piece += line
      if (piece.length < pieceLength) continue
      yield piece
      piece = ''
    }
    yield piece
  }
  await pipeline(pieces, createWriteStream(file))
  return hits
}

/** Where the body of each page lies: page n is the bytes from `offsets[n - 1]` to `offsets[n]`. */
export interface JsonPages {
  readonly file: string
  readonly offsets: readonly number[]
}

/** Writes the answers of an interface with pages of `size` records, one after the other into one file. */
export async function writeJsonPages(file: string, rows: number, size: number): Promise<JsonPages> {
  const offsets = [0]
  function* bodies(): Generator<Buffer> {
    for (let from = 0; from < rows; from += size) {
      const records = Array.from({ length: Math.min(size, rows - from) }, (_, at) => jsonRecord(from + at))
      const body = Buffer.from(`{"code":0,"total":${rows},"data":{"rows":[${records.join(',')}]}}`)
      offsets.push((offsets.at(-1) ?? 0) + body.length)
      yield body
    }
  }
  await pipeline(bodies, createWriteStream(file))
  return { file, offsets }
}

/** Decimals stand as numbers, as most systems write them. */
function jsonRecord(number: number): string {
  const { capital, ...rest } = madeRow(number)
  return `${JSON.stringify(rest).slice(0, -1)},"capital":${capital}}`
}
