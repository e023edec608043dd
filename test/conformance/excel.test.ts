import path from 'node:path'
import { excel } from '../../connectors/excel/index.ts'
import { type CellValue, writeWorkbook } from '../../connectors/excel/write-workbook.ts'
import { describeConnector } from './connector-suite.ts'
import { fields, records, testFolder } from './folder-source.ts'

describeConnector({
  connector: excel,
  unreachable: { config: { root: 'no/such/folder' }, secrets: [] },
  async setUp() {
    const folder = await testFolder()
    const write = (rows: Iterable<readonly CellValue[]>) =>
      writeWorkbook(path.join(folder.directory, 'a.xlsx'), [{ name: '数据', rows }])
    await write([['2025 年清单'], fields, ...records])
    return {
      ...folder,
      config: { root: '.' },
      read: { file: 'a.xlsx', sheet: '数据' },
      fields,
      records,
      change: () => write([['2025 年清单'], fields, ...records.slice(1)]),
      truncate: () => folder.cut('a.xlsx', 900),
      async enlarge() {
        await write([fields, ...Array.from({ length: 30_000 }, () => records[2] ?? [])])
        return 30_000
      },
      textAt: async ({ line = 0 }) => JSON.stringify(records[line - 3]),
    }
  },
})
