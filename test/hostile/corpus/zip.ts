import { crc32, deflateRawSync } from 'node:zlib'

/** One part of an archive; what is not given is told truly. */
export interface Part {
  readonly name: string
  readonly content: Buffer | string
  readonly method?: number
  readonly flags?: number
  readonly crc?: number
  /** Unpacked size as the directory tells it. */
  readonly size?: number
}

/** An archive in memory that may lie about everything. */
export function zip(parts: readonly Part[]): Buffer {
  const pieces: Buffer[] = []
  const directory: Buffer[] = []
  let offset = 0
  for (const part of parts) {
    const content = Buffer.from(part.content)
    const packed = (part.method ?? 8) === 8 ? deflateRawSync(content) : content
    const name = Buffer.from(part.name)
    const fields = Buffer.alloc(26)
    fields.writeUInt16LE(20, 0)
    fields.writeUInt16LE(part.flags ?? 0, 2)
    fields.writeUInt16LE(part.method ?? 8, 4)
    fields.writeUInt32LE((part.crc ?? crc32(content)) >>> 0, 10)
    fields.writeUInt32LE(packed.length, 14)
    fields.writeUInt32LE(part.size ?? content.length, 18)
    fields.writeUInt16LE(name.length, 22)
    const central = Buffer.alloc(14)
    central.writeUInt32LE(offset, 10)
    directory.push(Buffer.from('PK\x01\x02\x14\0', 'latin1'), fields, central, name)
    pieces.push(Buffer.from('PK\x03\x04', 'latin1'), fields, name, packed)
    offset += 30 + name.length + packed.length
  }
  const list = Buffer.concat(directory)
  const end = Buffer.alloc(22)
  end.write('PK\x05\x06', 'latin1')
  end.writeUInt16LE(parts.length % 65_536, 8)
  end.writeUInt16LE(parts.length % 65_536, 10)
  end.writeUInt32LE(list.length, 12)
  end.writeUInt32LE(offset, 16)
  return Buffer.concat([...pieces, list, end])
}

const types = 'http://schemas.openxmlformats.org/officeDocument/2006/relationships'

/** The parts of a workbook of one sheet; `sheet` is what stands in its `sheetData`. */
export function workbookParts(sheet: string, texts?: string): readonly Part[] {
  const relation = (id: string, type: string, target: string) =>
    `<Relationship Id="${id}" Type="${types}/${type}" Target="${target}"/>`
  return [
    {
      name: '_rels/.rels',
      content: `<Relationships>${relation('a', 'officeDocument', 'xl/workbook.xml')}</Relationships>`,
    },
    {
      name: 'xl/workbook.xml',
      content: '<workbook xmlns:r="r"><sheets><sheet name="S" r:id="s"/></sheets></workbook>',
    },
    {
      name: 'xl/_rels/workbook.xml.rels',
      content: `<Relationships>${relation('s', 'worksheet', 'sheet.xml')}${relation('t', 'sharedStrings', 'texts.xml')}</Relationships>`,
    },
    ...(texts === undefined ? [] : [{ name: 'xl/texts.xml', content: texts }]),
    { name: 'xl/sheet.xml', content: `<worksheet><sheetData>${sheet}</sheetData></worksheet>` },
  ]
}

/** A row of inline texts; numbers are numbers. */
export function row(number: number, cells: readonly (string | number)[]): string {
  const written = cells.map((cell, at) => {
    const place = `${String.fromCharCode(65 + at)}${number}`
    if (typeof cell === 'number') return `<c r="${place}"><v>${cell}</v></c>`
    return `<c r="${place}" t="inlineStr"><is><t>${cell}</t></is></c>`
  })
  return `<row r="${number}">${written.join('')}</row>`
}

/** The sheet of a workbook that has nothing wrong but what stands behind its header. */
export function sheetWith(rows: string): string {
  return row(1, ['a', 'b']) + rows
}
