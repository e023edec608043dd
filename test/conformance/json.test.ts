import { json } from '../../connectors/json/index.ts'
import { describeConnector } from './connector-suite.ts'
import { fields, records, testFolder } from './folder-source.ts'

/** Amounts are written as numbers, which no double could hold. */
const text = ([code, name, amount, note]: readonly (string | null)[]) =>
  `{"code":${JSON.stringify(code)},"name":${JSON.stringify(name)},"amount":${amount},"note":${JSON.stringify(note)}}`
const lines = records.map(text)
const documentOf = (list: readonly string[]) =>
  `{"total":${list.length},"data":{"rows":[${list.join(' ,\n')}]}}`

describeConnector({
  connector: json,
  unreachable: { config: { root: 'no/such/folder' }, secrets: [] },
  async setUp() {
    const folder = await testFolder()
    await folder.write('a.json', documentOf(lines))
    return {
      ...folder,
      config: { root: '.' },
      read: { file: 'a.json', path: 'data.rows' },
      fields,
      records,
      change: () => folder.write('a.json', documentOf(lines.slice(1))),
      truncate: () => folder.cut('a.json', Buffer.byteLength(documentOf(lines)) - 3),
      async enlarge() {
        await folder.write('a.json', documentOf(Array.from({ length: 100_000 }, () => lines[1] ?? '')))
        return 100_000
      },
      textAt: async ({ index = 0 }) => lines[index - 1] ?? '',
    }
  },
})
