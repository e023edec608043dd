import fc from 'fast-check'
import { expect, test } from 'vitest'
import { findHeader } from '../../../src/init/list-header.ts'
import { guessDelimiter, parseCsv } from '../../../src/init/parse-csv.ts'
import { splitItems } from '../../../src/init/split-items.ts'
import { transliterate, uniqueCode } from '../../../src/init/transliterate.ts'

test.each([
  ['姓名、身份证号（18位、末位可为X）；住址。', ['姓名', '身份证号（18位、末位可为X）', '住址']],
  ['1.姓名 2.性别；3、住址', ['姓名', '性别', '住址']],
  ['1、姓名\n2、性别', ['姓名', '性别']],
  ['（1）姓名（2）性别', ['姓名', '性别']],
  ['企业名称，注册资本（万元', ['企业名称', '注册资本（万元']],
  ['经度,纬度;PM2.5/PM10', ['经度', '纬度', 'PM2.5/PM10']],
  ['甲/乙/丙', ['甲', '乙', '丙']],
  ['进/出站时间', ['进/出站时间']],
  ['2024年、2025年数据', ['2024年', '2025年数据']],
  ['姓名、姓名、', ['姓名']],
  ['  ', []],
])('the items of %j', (cell, items) => {
  expect(splitItems(cell)).toEqual(items)
})

test.each([
  ['户籍人口基本信息', 'hujirenkoujibenxinxi'],
  ['ＥＴＣ入口数据', 'etcrukoushuju'],
  ['2025年绿化率', 'x_2025nianlvhualv'],
  ['PM2.5（日均）', 'pm2_5_rijun'],
  ['Ärzte', 'arzte'],
  ['！！', 'x'],
])('%s becomes %s', (title, code) => {
  expect(transliterate(title, 40)).toBe(code)
})

test('every title gives a valid code within the limit, and no two the same', () => {
  const title = fc.oneof(fc.string({ unit: 'binary' }), fc.stringMatching(/^[一-龥]{0,60}$/))
  fc.assert(
    fc.property(fc.array(title), (titles) => {
      const taken = new Set<string>()
      const codes = titles.map((one) => uniqueCode(one, taken, 40))
      expect(new Set(codes).size).toBe(titles.length)
      for (const code of codes) expect(code).toMatch(/^[a-z][a-z0-9_]{0,47}$/)
    }),
  )
})

test('delimited text reads back as it was written', () => {
  const cell = fc.string({ unit: fc.constantFrom('a', '"', ',', '\n', '\r', '、', ' ') })
  fc.assert(
    fc.property(fc.array(fc.array(cell, { minLength: 1 }), { minLength: 1 }), (rows) => {
      const quoted = rows.map((row) => row.map((one) => `"${one.replaceAll('"', '""')}"`).join(','))
      expect(parseCsv(quoted.join('\r\n'), ',')).toEqual(rows)
    }),
  )
})

test('plain cells, an empty last cell, text behind a quote, and an open quote', () => {
  expect(parseCsv('a,b\n,\n"x"y,z\n', ',')).toEqual([
    ['a', 'b'],
    ['', ''],
    ['xy', 'z'],
  ])
  expect(parseCsv('a\n"b\nc', ',')).toEqual({ openQuoteAt: 2 })
  expect([guessDelimiter('a\tb\tc,d'), guessDelimiter('a;b;c'), guessDelimiter('a')]).toEqual([
    '\t',
    ';',
    ',',
  ])
})

test.each([
  [
    ['提供单位', '数据目录名称', '信息项', '更新频率', '共享属性'],
    ['department', 'name', 'items', 'cycle', 'sharingType'],
  ],
  [
    ['*责任部门', '信息资源 名称', '共享数据项（必填）', '更新周期：'],
    ['department', 'name', 'items', 'cycle'],
  ],
  [
    ['数源部门', '共享信息名称', '共享方式', '使用条件', '备注'],
    ['department', 'name', 'methods', 'conditions', 'note'],
  ],
])('the header %j', (row, fields) => {
  const header = findHeader([['清单', '', ''], [], row, ['甲', '乙']])
  expect([...(header?.columns.keys() ?? [])]).toEqual(fields)
  expect(header?.firstEntry).toBe(3)
})

test('a header of two rows is joined, and what is not understood is named', () => {
  const header = findHeader([
    ['序号', '部门', '名称？', '数据名称', '共享属性', ''],
    ['', '', '', '', '共享类型', '共享方式'],
    ['1', '甲', '', '乙', '', ''],
  ])
  expect([...(header?.columns ?? [])]).toEqual([
    ['number', 0],
    ['department', 1],
    ['name', 3],
    ['sharingType', 4],
    ['methods', 5],
  ])
  expect(header).toMatchObject({ firstEntry: 2, ignored: ['名称？'] })
})
