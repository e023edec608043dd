import { bytes, excel, type HostileCase } from './hostile-case.ts'
import { type Part, row, sheetWith, workbookParts, zip } from './zip.ts'

const good = sheetWith(row(2, ['1', 'x']) + row(3, ['2', 'y']))
const workbook = (rows: string, texts?: string) => zip(workbookParts(sheetWith(rows), texts))
const cell = (place: string, value: string, type = 'n') => `<c r="${place}" t="${type}"><v>${value}</v></c>`
const second = row(3, ['2', 'y'])

/** The parts of a good workbook, one of them changed. */
function changed(name: string, change: (part: Part) => Part): Buffer {
  return zip(workbookParts(good).map((part) => (part.name === name ? change(part) : part)))
}

function corrupted(at: (archive: Buffer) => number): Buffer {
  const archive = zip(workbookParts(good))
  const place = at(archive)
  archive[place] = 255 - (archive[place] ?? 0)
  return archive
}

const doctype = '<!DOCTYPE x [<!ENTITY a "ha"><!ENTITY b "&a;&a;&a;&a;">]>'

export const excelCases: readonly HostileCase[] = [
  excel('a sound workbook', () => zip(workbookParts(good))),
  excel('nothing', () => ''),
  excel('CSV', () => 'a,b\n1,x\n'),
  excel('HTML', () => '<html><table><tr><td>a</td></tr></table></html>'),
  excel('an old workbook or one with a password', () =>
    bytes('\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1'.padEnd(2048, '\0')),
  ),
  excel('cut off', () => zip(workbookParts(good)).subarray(0, -30)),
  excel('the first half', () => zip(workbookParts(good)).subarray(0, 400)),
  excel('the second half', () => zip(workbookParts(good)).subarray(400)),
  excel('an empty archive', () => zip([])),
  excel('an archive that is no workbook', () => zip([{ name: 'a.txt', content: 'hello' }])),
  excel('a workbook without its sheet', () => zip(workbookParts(good).slice(0, 3))),
  excel('a directory that ends in nowhere', () =>
    bytes(`PK\x03\x04${'\0'.repeat(100)}PK\x05\x06\0\0\0\0\x01\0\x01\0\xff\xff\xff\0\xff\xff\xff\x7f\0\0`),
  ),
  excel('a zip64 directory in nowhere', () =>
    bytes(
      `PK\x03\x04${'\0'.repeat(40)}PK\x06\x07\0\0\0\0\xff\xff\xff\xff\xff\xff\xff\x7f\x01\0\0\0PK\x05\x06${'\xff'.repeat(16)}\0\0`,
    ),
  ),
  excel('a byte of the sheet turned over', () =>
    corrupted((archive) => archive.indexOf('xl/sheet.xml') + 40),
  ),
  excel('a wrong check sum', () => changed('xl/sheet.xml', (part) => ({ ...part, crc: 1 }))),
  excel('a digit changed in a part that is stored', () => {
    const archive = changed('xl/sheet.xml', (part) => ({ ...part, method: 0 }))
    archive[archive.indexOf('<t>1</t>') + 3] = 0x39
    return archive
  }),
  excel('a size that is too small', () => changed('xl/sheet.xml', (part) => ({ ...part, size: 10 }))),
  excel('a size that is too large', () => changed('xl/sheet.xml', (part) => ({ ...part, size: 1_000_000 }))),
  excel('a part that is encrypted', () => changed('xl/sheet.xml', (part) => ({ ...part, flags: 1 }))),
  excel('a part that is packed in an unknown way', () =>
    changed('xl/sheet.xml', (part) => ({ ...part, method: 99 })),
  ),
  excel('a part twice', () =>
    zip([...workbookParts(good), { name: 'xl/sheet.xml', content: '<worksheet/>' }]),
  ),
  excel('20,000 parts', () =>
    zip([
      ...workbookParts(good),
      ...Array.from({ length: 20_000 }, (_, at) => ({ name: `x${at}`, content: '' })),
    ]),
  ),
  excel('parts whose names lead outside', () =>
    zip([
      ...workbookParts(good),
      { name: '../../../etc/passwd', content: 'x' },
      { name: '/etc/passwd', content: 'x' },
    ]),
  ),
  excel('a main part outside', () =>
    zip(
      workbookParts(good).map((part) => ({
        ...part,
        content: String(part.content).replace('xl/workbook.xml', '../../../../etc/passwd'),
      })),
    ),
  ),
  excel('a workbook inside a workbook', () =>
    zip([...workbookParts(good), { name: 'xl/embeddings/inner.xlsx', content: zip(workbookParts(good)) }]),
  ),
  excel('a bomb of spaces', () => workbook(' '.repeat(90 << 20))),
  excel('a bomb in the shared texts', () => workbook(second, `<sst>${' '.repeat(90 << 20)}</sst>`)),
  excel('a bomb in a relation', () =>
    changed('xl/_rels/workbook.xml.rels', (part) => ({
      ...part,
      content: `${' '.repeat(90 << 20)}${part.content}`,
    })),
  ),
  excel('a small part larger than small', () =>
    changed('xl/workbook.xml', (part) => ({ ...part, size: 0xffff_fff0 })),
  ),
  excel('entities of entities', () =>
    changed('xl/sheet.xml', (part) => ({
      ...part,
      content: doctype + String(part.content).replace('x', '&b;'),
    })),
  ),
  excel('a file as an entity', () =>
    changed('xl/sheet.xml', (part) => ({
      ...part,
      content: `<!DOCTYPE x [<!ENTITY f SYSTEM "file:///etc/passwd">]>${String(part.content).replace('x', '&f;')}`,
    })),
  ),
  excel('an entity that nobody declared', () => workbook(row(2, ['1', '&nobody;']))),
  excel('elements a thousand deep', () => workbook('<x>'.repeat(1000) + '</x>'.repeat(1000))),
  excel('a comment of 20 MiB', () => workbook(`<!--${'x'.repeat(20 << 20)}-->`)),
  excel('XML that is never closed', () =>
    changed('xl/sheet.xml', (part) => ({ ...part, content: String(part.content).slice(0, -20) })),
  ),
  excel('invalid UTF-8', () =>
    changed('xl/sheet.xml', (part) => ({
      ...part,
      content: Buffer.from(String(part.content).replace('x', '\xff'), 'latin1'),
    })),
  ),
  excel('UTF-16 XML', () =>
    changed('xl/sheet.xml', (part) => ({
      ...part,
      content: Buffer.from(`\ufeff${part.content}`, 'utf16le'),
    })),
  ),
  excel('a cell in column ZZZZZZZ', () => workbook(`<row r="2">${cell('ZZZZZZZ2', '1')}</row>`)),
  excel('a cell without letters', () => workbook(`<row r="2">${cell('2', '1')}</row>`)),
  excel('row 99999999999', () => workbook(`<row r="99999999999">${cell('A99999999999', '1')}</row>`)),
  excel('row -1', () => workbook(`<row r="-1">${cell('A1', '1')}</row>`)),
  excel('a row that is no number', () => workbook(`<row r="x">${cell('A1', '1')}</row>`)),
  excel('a shared text that is not there', () =>
    workbook(`<row r="2">${cell('A2', '7', 's')}</row>${second}`),
  ),
  excel('errors and formulas without results', () =>
    workbook(
      `<row r="2">${cell('A2', '#N/A', 'e')}</row><row r="3"><c r="A3"><f>1+1</f></c></row>${row(4, ['2', 'y'])}`,
    ),
  ),
  excel('numbers that are none', () =>
    workbook(
      `<row r="2">${cell('A2', '1e400')}</row><row r="3">${cell('A3', 'Infinity')}</row><row r="4">${cell('A4', 'NaN')}</row><row r="5">${cell('A5', '0x10')}</row>${row(6, ['2', 'y'])}`,
    ),
  ),
  excel('half of a pair', () => workbook(`${row(2, ['1', '_xD800_'])}${second}`)),
  excel('a NUL', () => workbook(`${row(2, ['1', '_x0000_'])}${second}`)),
  excel('a text of two MiB', () => workbook(`${row(2, ['1', 'x'.repeat(2 << 20)])}${second}`)),
  excel('a row of 20 MiB', () =>
    workbook(
      `<row r="2">${Array.from({ length: 20 }, (_, at) => cell(`${String.fromCharCode(67 + at)}2`, 'x'.repeat(1 << 20), 'str')).join('')}</row>`,
    ),
  ),
  excel('16,384 columns', () => workbook(`<row r="2">${cell('XFD2', '1')}</row>${second}`)),
  excel('two headers of one name', () => zip(workbookParts(row(1, ['a', 'a']) + row(2, ['1', 'x'])))),
  excel('a sheet without cells', () => zip(workbookParts(''))),
  excel('a header alone', () => zip(workbookParts(row(1, ['a', 'b'])))),
  excel('a sheet that is not there', () => zip(workbookParts(good)), { read: { sheet: '不存在' } }),
]
