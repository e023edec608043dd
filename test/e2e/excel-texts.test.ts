import path from 'node:path'
import { expect, test } from 'vitest'
import { writeWorkbook } from '../../connectors/excel/write-workbook.ts'
import { town } from './town.ts'

const harvests = `harvests:
  - dataset: people
    source: mz_files
    read: { file: people.xlsx }
    items:
      id: 编号
      name: 姓名
      born: { from: 出生日期, normalise: [trim, halfwidth], format: yyyy年M月d日 }
      amount: 金额
`

test('an Excel sheet with dates as text is read by the format of the mapping; other dates keep their place', async () => {
  await using place = await town()
  await place.write(
    'sources/mz.yaml',
    'source: { code: mz_files, name: 民政文件, department: mz, kind: excel, config: { root: drops } }\n',
  )
  await place.write('harvests/mz.yaml', harvests)
  await writeWorkbook(path.join(place.directory, 'drops', 'people.xlsx'), [
    {
      name: '低保',
      rows: [
        ['编号', '姓名', '出生日期', '金额'],
        ['1', '甲', '1980年1月2日', '12.50'],
        ['2', '乙', ' １９８１年１２月３１日 ', '0.10'],
        ['3', '丙', '1982/03/04', '1'],
        ['4', '丁', '1983年2月30日', '1'],
        ['5', '戊', '', '1'],
      ],
    },
  ])
  await place.json(['apply'])
  const { runs } = await place.json<{ runs: object[] }>(['harvest', 'people'])
  expect(runs).toMatchObject([{ state: 'succeeded', read: '5', inserted: '3', rejected: '2' }])
  const { rows } = await place.pool.query('select id, born::text, amount::text from mz.people order by id')
  expect(rows).toEqual([
    { id: '1', born: '1980-01-02', amount: '12.50' },
    { id: '2', born: '1981-12-31', amount: '0.10' },
    { id: '5', born: null, amount: '1' },
  ])
  const { code, out } = await place.guiji(['rejects', 'people', '--list'])
  expect(code).toBe(0)
  expect(out).toMatch(/people\.xlsx.*\b4\b.*born.*1982\/03\/04/)
  expect(out).toMatch(/people\.xlsx.*\b5\b.*born.*1983年2月30日/)
})
