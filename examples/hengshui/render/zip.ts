import { crc32, deflateRawSync } from 'node:zlib'

export interface ZipEntry {
  readonly name: string
  readonly content: string
}

/** 1980-01-01, the earliest time a ZIP can say: the same content gives the same bytes. */
const date = 0x21

/** A ZIP archive of texts. */
export function zip(entries: readonly ZipEntry[]): Buffer {
  const parts: Buffer[] = []
  const directory: Buffer[] = []
  let offset = 0
  for (const { name, content } of entries) {
    const raw = Buffer.from(content)
    const packed = deflateRawSync(raw)
    const fields = entryFields(raw, packed, name)
    const local = Buffer.concat([
      word32(0x04034b50),
      word16(20),
      fields,
      word16(0),
      Buffer.from(name),
      packed,
    ])
    directory.push(
      word32(0x02014b50),
      word16(20),
      word16(20),
      fields,
      // No extra field, no comment, first disk, no attributes.
      word16(0),
      word16(0),
      word16(0),
      word16(0),
      word32(0),
      word32(offset),
      Buffer.from(name),
    )
    parts.push(local)
    offset += local.length
  }
  const central = Buffer.concat(directory)
  const count = word16(entries.length)
  const end = [
    word32(0x06054b50),
    word16(0),
    word16(0),
    count,
    count,
    word32(central.length),
    word32(offset),
    word16(0),
  ]
  return Buffer.concat([...parts, central, ...end])
}

/** What the local header and the directory both say: flags (UTF-8 names), method, time, sums, sizes, name length. */
function entryFields(raw: Buffer, packed: Buffer, name: string): Buffer {
  return Buffer.concat([
    word16(0x0800),
    word16(8),
    word16(0),
    word16(date),
    word32(crc32(raw)),
    word32(packed.length),
    word32(raw.length),
    word16(Buffer.byteLength(name)),
  ])
}

function word16(value: number): Buffer {
  const bytes = Buffer.alloc(2)
  bytes.writeUInt16LE(value)
  return bytes
}

function word32(value: number): Buffer {
  const bytes = Buffer.alloc(4)
  bytes.writeUInt32LE(value)
  return bytes
}
