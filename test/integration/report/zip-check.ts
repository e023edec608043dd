import { crc32, inflateRawSync } from 'node:zlib'

/**
 * Names of the parts of a zip archive, each unpacked and held against its size and check sum, from the directory at
 * the end alone (APPNOTE 4.3): shares no code with the reader or the writer. Throws for anything that does not fit.
 */
export function checkedParts(archive: Buffer): string[] {
  const end = archive.lastIndexOf(Buffer.from('PK\x05\x06'))
  const count = archive.readUInt16LE(end + 10)
  let at = archive.readUInt32LE(end + 16)
  const names: string[] = []
  for (let number = 0; number < count; number++) {
    if (archive.readUInt32LE(at) !== 0x02014b50) throw new Error(`no directory entry at ${at}`)
    const nameBytes = archive.readUInt16LE(at + 28)
    const name = archive.toString('utf8', at + 46, at + 46 + nameBytes)
    const local = archive.readUInt32LE(at + 42)
    if (archive.readUInt32LE(local) !== 0x04034b50) throw new Error(`${name}: no local header at ${local}`)
    const begin = local + 30 + archive.readUInt16LE(local + 26) + archive.readUInt16LE(local + 28)
    const content = inflateRawSync(archive.subarray(begin, begin + archive.readUInt32LE(at + 20)))
    if (crc32(content) !== archive.readUInt32LE(at + 16)) throw new Error(`${name}: wrong check sum`)
    if (content.length !== archive.readUInt32LE(at + 24)) throw new Error(`${name}: wrong size`)
    names.push(name)
    at += 46 + nameBytes + archive.readUInt16LE(at + 30) + archive.readUInt16LE(at + 32)
  }
  return names
}
