import type { FileHandle } from 'node:fs/promises'
import { GuijiError } from '../../src/errors/guiji-error.ts'
import type { SourceFile } from '../../src/records/source-files.ts'

export interface ZipEntry {
  readonly name: string
  /** 0 stored, 8 deflated. */
  readonly method: number
  readonly encrypted: boolean
  readonly packed: number
  readonly size: number
  /** CRC-32 of the unpacked bytes. */
  readonly crc: number
  /** Where the local header of the entry begins. */
  readonly offset: number
}

const END = 0x06054b50
const END_64_LOCATOR = 0x07064b50
const END_64 = 0x06064b50
const ENTRY = 0x02014b50
const END_BYTES = 22
const LONGEST_COMMENT = 65_535
const LARGEST_DIRECTORY_BYTES = 16 * 1024 * 1024
/** A workbook has a part for each sheet and a few more. */
const MOST_ENTRIES = 10_000

/** The entries of an archive by name, as its central directory lists them. */
export async function readDirectory(
  handle: FileHandle,
  file: SourceFile,
): Promise<ReadonlyMap<string, ZipEntry>> {
  const fail = (problem: string) => new GuijiError('EXCEL_BROKEN', { file: file.path, problem })
  await refuseOther(handle, file)
  const { offset, size } = await findDirectory(handle, file.size)
    .catch(() => undefined)
    .then((found) => {
      if (found !== undefined) return found
      throw fail('it is no zip archive, or its end is missing')
    })
  if (size > LARGEST_DIRECTORY_BYTES || offset + size > file.size)
    throw fail('its directory lies outside the file')
  const directory = await readAt(handle, offset, size)
  const entries = new Map<string, ZipEntry>()
  for (let at = 0; at + 46 <= directory.length; ) {
    if (directory.readUInt32LE(at) !== ENTRY) break
    const end = at + 46 + directory.readUInt16LE(at + 28) + directory.readUInt16LE(at + 30)
    const entry = readEntry(directory.subarray(at, Math.min(end, directory.length)))
    if (entry.method !== 0 && entry.method !== 8)
      throw fail(`the part ${entry.name} is packed in an unknown way`)
    // Which of two parts of one name counts differs from reader to reader: what was looked at need not be what is read.
    if (entries.has(entry.name)) throw fail(`it has the part ${entry.name} twice`)
    if (entries.size === MOST_ENTRIES) throw fail(`it has more than ${MOST_ENTRIES} parts`)
    entries.set(entry.name, entry)
    at = end + directory.readUInt16LE(at + 32)
  }
  if (entries.size === 0) throw fail('its directory is empty or broken')
  return entries
}

/** Names the formats that are often given the ending .xlsx. */
async function refuseOther(handle: FileHandle, file: SourceFile): Promise<void> {
  const fail = (problem: string) => new GuijiError('EXCEL_BROKEN', { file: file.path, problem })
  if (file.size === 0) throw new GuijiError('FILE_EMPTY', { file: file.path, problem: '0 bytes' })
  const begin = await readAt(handle, 0, Math.min(8, file.size))
  if (begin.toString('hex') === 'd0cf11e0a1b11ae1')
    throw fail('it is an old .xls or password-protected workbook')
  if (begin.toString('latin1').trimStart().startsWith('<')) throw fail('it is HTML or XML, not a workbook')
}

async function findDirectory(
  handle: FileHandle,
  length: number,
): Promise<{ offset: number; size: number } | undefined> {
  const tailLength = Math.min(length, END_BYTES + LONGEST_COMMENT + 20)
  const tail = await readAt(handle, length - tailLength, tailLength)
  let at = tail.length - END_BYTES
  while (at >= 0 && tail.readUInt32LE(at) !== END) at--
  if (at < 0) return undefined
  const is64 = at >= 20 && tail.readUInt32LE(at - 20) === END_64_LOCATOR
  if (!is64) return { size: tail.readUInt32LE(at + 12), offset: tail.readUInt32LE(at + 16) }
  const end = await readAt(handle, Number(tail.readBigUInt64LE(at - 20 + 8)), 56)
  if (end.readUInt32LE(0) !== END_64) return undefined
  return { size: Number(end.readBigUInt64LE(40)), offset: Number(end.readBigUInt64LE(48)) }
}

function readEntry(bytes: Buffer): ZipEntry {
  const nameEnd = 46 + bytes.readUInt16LE(28)
  const sizes = {
    size: bytes.readUInt32LE(24),
    packed: bytes.readUInt32LE(20),
    offset: bytes.readUInt32LE(42),
  }
  return {
    name: bytes.toString('utf8', 46, nameEnd).replaceAll('\\', '/'),
    method: bytes.readUInt16LE(10),
    crc: bytes.readUInt32LE(16),
    encrypted: (bytes.readUInt16LE(8) & 1) === 1,
    ...withZip64(sizes, bytes.subarray(nameEnd)),
  }
}

/** Values that do not fit in 32 bits stand in extra field 1, in this order, only those that do not fit. */
function withZip64(
  sizes: { size: number; packed: number; offset: number },
  extra: Buffer,
): { size: number; packed: number; offset: number } {
  for (let at = 0; at + 4 <= extra.length; at += 4 + extra.readUInt16LE(at + 2)) {
    if (extra.readUInt16LE(at) !== 1) continue
    let next = at + 4
    const large = (value: number) => {
      if (value !== 0xffffffff || next + 8 > extra.length) return value
      next += 8
      return Number(extra.readBigUInt64LE(next - 8))
    }
    return { size: large(sizes.size), packed: large(sizes.packed), offset: large(sizes.offset) }
  }
  return sizes
}

async function readAt(handle: FileHandle, position: number, length: number): Promise<Buffer> {
  const buffer = Buffer.alloc(length)
  const { bytesRead } = await handle.read(buffer, 0, length, position)
  return buffer.subarray(0, bytesRead)
}
