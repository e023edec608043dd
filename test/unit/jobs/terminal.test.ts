import { expect, test } from 'vitest'
import { csvLine } from '../../../jobs/terminal/csv.ts'
import {
  countText,
  instantText,
  secondsText,
  shareText,
  shortInstant,
} from '../../../jobs/terminal/format.ts'
import { formatTable } from '../../../jobs/terminal/table.ts'
import { cut, pad, printable, widthOf } from '../../../jobs/terminal/width.ts'

test.each([
  ['abc', 3],
  ['归集', 4],
  ['（ｆｕｌｌ）', 12],
  ['、。', 4],
  ['한글', 4],
  ['𠮷', 2],
  ['e\u0301', 1],
  ['ünï', 3],
  ['✓─…', 3],
  ['', 0],
])('%s takes %i columns', (text, width) => {
  expect(widthOf(text)).toBe(width)
})

test('columns stand under each other whatever script their cells are in', () => {
  const lines = formatTable(
    [{ title: '名称' }, { title: 'n', align: 'right' }, { title: 'end' }],
    [
      ['a', '1', 'x'],
      ['归集任务', '1,000', 'y'],
    ],
  )
  expect(lines).toEqual([
    '名称          n  end',
    '────────  ─────  ───',
    'a             1  x',
    '归集任务  1,000  y',
  ])
})

test('a cell longer than its column is cut between characters', () => {
  expect(cut('归集任务', 5)).toBe('归集…')
  expect(cut('归集任务', 4)).toBe('归…')
  expect(cut('abcd', 4)).toBe('abcd')
  expect(pad('归', 4, 'right')).toBe('  归')
  expect(formatTable([{ title: 't', max: 3 }], [['abcdef']])[2]).toBe('ab…')
})

test('what a source delivers cannot steer the terminal', () => {
  expect(printable('a\u001b[31m\nb\u0000\u007f\u009b\u202e')).toBe('a␛[31m␊b␀␡\ufffd\ufffd')
})

test('counts, shares, durations and instants as they are shown', () => {
  expect(countText(34_300_000_000n)).toBe('34,300,000,000')
  expect(countText('9007199254740993')).toBe('9,007,199,254,740,993')
  expect(shareText(999n, 1000n)).toBe('99.9%')
  expect(shareText(99_999n, 100_000n)).toBe('99.9%')
  expect(shareText(0n, 0n)).toBe('—')
  expect([secondsText(4.25), secondsText(185), secondsText(7810)]).toEqual(['4.3 s', '3:05', '2:10:10'])
  const instant = new Date('2026-11-23T20:13:11.626Z')
  expect(instantText(instant, 'Asia/Shanghai')).toBe('2026-11-24T04:13:11.626+08:00')
  expect(shortInstant(instant, 'Asia/Shanghai')).toBe('2026-11-24 04:13')
  expect(shortInstant(null, 'Asia/Shanghai')).toBe('—')
})

test('CSV fields are quoted where they must be; no value differs from an empty one', () => {
  expect(csvLine(['a', 'b,c', 'say "x"', 'two\nlines', '', null])).toBe(
    'a,"b,c","say ""x""","two\nlines","",\n',
  )
})
