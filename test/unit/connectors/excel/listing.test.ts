import { appendFile, readFile, stat, writeFile } from 'node:fs/promises'
import path from 'node:path'
import { describe, expect, it } from 'vitest'
import { readSheet } from '../../../../connectors/excel/read-sheet.ts'
import { type CellValue, writeWorkbook } from '../../../../connectors/excel/write-workbook.ts'
import { defaultLimits, type UnpackLimits, ZipArchive } from '../../../../connectors/excel/zip-archive.ts'
import { testFolder } from '../../../conformance/folder-source.ts'
import { countRecords, readExcel, readRows, writeParts } from './workbook-of.ts'

const day = new Date('2025-06-20T00:00:00Z')

describe('cells', () => {
  it('reads what a workbook holds, dates as dates', async () => {
    const minute = new Date('2025-06-20T10:20:30Z')
    const rows: CellValue[][] = [
      ['a', 'b', 'c', 'd'],
      ['001', day, 12.5, true],
      [null, minute, { number: '1E-7' }, false],
    ]
    for (const date1904 of [false, true]) {
      const read = await readRows(rows, {}, { date1904 })
      expect(read.values).toEqual([
        ['001', '2025-06-20', '12.5', 'true'],
        [null, '2025-06-20T10:20:30', '0.0000001', 'false'],
      ])
      expect(read).toMatchObject({ rows: [2, 3], end: { complete: true } })
    }
  })

  it('reads shared and rich texts, prefixes, styles by number, rows and cells without references', async () => {
    const read = await readExcel((file) =>
      writeParts(file, {
        texts:
          '<si><t>名</t></si><si><r><t>富</t></r><r><t xml:space="preserve"> 文</t></r><rPh><t>fu</t></rPh></si>',
        styles:
          '<numFmts><numFmt numFmtId="170" formatCode="yyyy&quot;年&quot;m&quot;月&quot;"/></numFmts>' +
          '<cellStyleXfs><xf numFmtId="0"/></cellStyleXfs><cellXfs><xf numFmtId="0"/><xf numFmtId="170"/></cellXfs>',
        sheet:
          '<x:row><x:c t="s"><x:v>0</x:v></x:c><x:c t="inlineStr"><x:is><x:t>日</x:t><x:rPh><x:t>ri</x:t></x:rPh></x:is></x:c>' +
          '<x:c t="inlineStr"><x:is><x:t>注</x:t></x:is></x:c></x:row>' +
          '<x:row><x:c t="s"><x:v>1</x:v></x:c><x:c s="1"><x:v>45828</x:v></x:c></x:row>',
      }),
    )
    expect(read).toMatchObject({ fields: ['名', '日', '注'], values: [['富 文', '2025-06-20', null]] })
  })

  it('names the cell that holds an error, a formula without result, or no date', async () => {
    const read = await readRows([
      ['a', 'b'],
      ['1', { error: '#N/A' }],
      ['2', { formula: 'A1+1' }],
      ['3', { formula: 'A1&"x"', value: 'ok' }],
      ['4', new Date('1800-01-01T00:00:00Z')],
    ])
    expect(read.values).toEqual(['type', 'type', ['3', 'ok'], 'type'])
    expect(read.records[0]?.fields).toMatchObject({
      column: 'b',
      value: '#N/A',
      message: expect.stringContaining('B2'),
    })
    expect(read.records[1]?.fields).toMatchObject({ value: '=A1+1', message: expect.stringContaining('B3') })
  })

  it('gives the same raw record wherever the row stands', async () => {
    const row = ['1', { error: '#N/A' }]
    const above = await readRows([['a', 'b'], row])
    const below = await readRows([['a', 'b'], ['x', 'y'], [], row])
    expect(below.records[1]?.raw).toEqual(above.records[0]?.raw)
    expect(below.rows).toEqual([2, 4])
  })

  it('rejects a row with a cell outside the header', async () => {
    const plain = ['5', '6', '7', '8'].map((value) => [null, value])
    const rows = [[null, 'a', 'b'], [null, '1', '2', 'note'], ['x', '3', '4'], ...plain]
    expect((await readRows(rows)).values.slice(0, 3)).toEqual(['ragged', 'ragged', ['5', null]])
  })
})

describe('headers and sheets', () => {
  it('finds the header below title rows, in any column, above rows that are not full', async () => {
    const read = await readRows([
      ['责任清单'],
      ['填报单位：某局'],
      [],
      [null, '代码', '名\n称', '日期'],
      [null, 1, null, day],
      [null, 2, 'x'],
    ])
    expect(read).toMatchObject({ fields: ['代码', '名称', '日期'], rows: [5, 6] })
    expect(read.values).toEqual([
      ['1', null, '2025-06-20'],
      ['2', 'x', null],
    ])
  })

  it.each([
    [
      'a note beside the first record',
      [
        ['a', 'b'],
        ['1', '2', 'note'],
        ['3', '4'],
        ['5', '6'],
      ],
    ],
    [
      'a line of unit and date',
      [
        ['某局', null, null, '2025'],
        ['a', 'b', 'c', 'd'],
        ['1', '2', '3', '4'],
      ],
    ],
    ['a table of one column', [['a'], ['1'], ['2']]],
    ['titles and no record', [['题'], ['单位', '日期'], ['a', 'b', 'c']]],
  ])('finds the header with %s', async (_, rows) => {
    expect((await readRows(rows)).fields[0]).toBe('a')
  })

  it('takes the header row that is given', async () => {
    const read = await readRows(
      [
        ['a', 'b'],
        ['c', 'd'],
        ['1', '2'],
      ],
      { headerRow: 2 },
    )
    expect(read).toMatchObject({ fields: ['c', 'd'], values: [['1', '2']] })
  })

  it.each([
    [
      [
        ['a', null, 'c'],
        ['1', '2', '3'],
      ],
      {},
      'FILE_HEADER',
    ],
    [
      [
        ['a', null, 'c'],
        ['1', '2', '3'],
      ],
      { headerRow: 1 },
      'FILE_HEADER',
    ],
    [
      [
        ['a', 'a'],
        ['1', '2'],
      ],
      {},
      'FILE_HEADER',
    ],
    [[['a'], ['1']], { headerRow: 9 }, 'FILE_HEADER'],
    [[], {}, 'FILE_EMPTY'],
    [[['a']], { sheet: 2 }, 'EXCEL_NO_SHEET'],
    [[['a']], { sheet: 'T' }, 'EXCEL_NO_SHEET'],
  ])('refuses %j read with %j as %s', async (rows, read, code) => {
    await expect(readRows(rows, read)).rejects.toMatchObject({ code })
  })

  it('reads a hidden sheet by its name, and all cells of the first as text', async () => {
    await using folder = await testFolder()
    const file = path.join(folder.directory, 'a.xlsx')
    const first = [['题'], [], [null, 'x', 1.5]]
    const sheets = [
      { name: '一', rows: first, merged: ['A1:C1'] },
      { name: '隐', hidden: true, rows: [['h'], ['v']] },
    ]
    await writeWorkbook(file, sheets)
    expect(await readSheet(file)).toEqual([['题'], [], ['', 'x', '1.5']])
    expect((await readExcel((target) => writeWorkbook(target, sheets), { sheet: '隐' })).values).toEqual([
      ['v'],
    ])
  })

  it('reads a sheet of 1,048,576 rows in batches of about 1 MiB', async () => {
    await using folder = await testFolder()
    const file = path.join(folder.directory, 'a.xlsx')
    const rows = function* (): Generator<CellValue[]> {
      yield ['id']
      for (let i = 1; i < 1_048_576; i++) yield [i]
    }
    await writeWorkbook(file, [{ name: 'S', rows: rows() }])
    const read = await countRecords(folder.directory)
    expect(read).toMatchObject({ records: 1_048_575, complete: true, lastRow: 1_048_576 })
    expect(read.largest).toBeLessThan(2 * 1024 * 1024)
  })
})

describe('archives', () => {
  const good = (file: string) => writeWorkbook(file, [{ name: 'S', rows: [['a'], ['1']] }])

  it.each([
    [
      'is cut off',
      async (file: string) => writeFile(file, (await readFile(file)).subarray(0, -30)),
      /no zip archive/,
    ],
    ['is no archive', (file: string) => writeFile(file, 'a,b\n1,2\n'), /no zip archive/],
    ['is HTML', (file: string) => writeFile(file, '<html><table>'), /HTML/],
    [
      'is an old .xls',
      (file: string) => writeFile(file, Buffer.from('d0cf11e0a1b11ae1', 'hex')),
      /old \.xls/,
    ],
    [
      'has broken bytes',
      async (file: string) => breakSheet(file),
      /cannot be unpacked|declared|not valid|unclosed/,
    ],
  ])('refuses a file that %s', async (_, damage, problem) => {
    const writing = async (file: string) => {
      await good(file)
      await damage(file)
    }
    await expect(readExcel(writing)).rejects.toThrow(problem)
  })

  it('reads an archive with a comment behind it', async () => {
    const read = await readExcel(async (file) => {
      await good(file)
      await appendFile(file, 'comment')
    })
    expect(read.values).toEqual([['1']])
  })

  it('stops at what unpacks to too much, by ratio and by size', async () => {
    await using folder = await testFolder()
    const file = path.join(folder.directory, 'bomb.xlsx')
    await writeParts(file, { sheet: ' '.repeat(80 * 1024 * 1024) })
    const { size, mtimeNs } = await stat(file, { bigint: true })
    expect(Number(size)).toBeLessThan(500_000)
    const found = { path: 'bomb.xlsx', absolute: file, size: Number(size), mtimeNs }
    const unpack = async (limits?: Partial<UnpackLimits>) => {
      await using archive = await ZipArchive.open(found, { ...defaultLimits, ...limits })
      for await (const _ of archive.bytes('xl/sheets/one.xml', new AbortController().signal));
    }
    await expect(unpack()).rejects.toMatchObject({ code: 'EXCEL_TOO_LARGE' })
    await expect(unpack({ entryBytes: 1024, ratio: 1e9 })).rejects.toThrow(/more than 1024 bytes/)
    await expect(unpack({ entryBytes: 1e9, ratio: 1e9 })).resolves.toBeUndefined()
  })
})

/** Turns over some bytes in the middle of the sheet, the last part of the archive. */
async function breakSheet(file: string): Promise<void> {
  const bytes = await readFile(file)
  const at = bytes.indexOf('xl/worksheets/sheet1.xml') + 40
  for (let i = at; i < at + 20; i++) bytes[i] = 255 - (bytes[i] ?? 0)
  await writeFile(file, bytes)
}
