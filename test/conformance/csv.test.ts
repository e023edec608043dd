import { csv } from '../../connectors/csv/index.ts'
import { describeConnector } from './connector-suite.ts'
import { fields, records, testFolder } from './folder-source.ts'

const line = (record: readonly (string | null)[]) =>
  record.map((value) => (value === null ? '' : `"${value.replaceAll('"', '""')}"`)).join(',')
const content = [fields, ...records].map(line)

describeConnector({
  connector: csv,
  unreachable: { config: { root: 'no/such/folder' }, secrets: [] },
  async setUp() {
    const folder = await testFolder()
    await folder.write('a.csv', content.join('\r\n'))
    return {
      ...folder,
      config: { root: '.' },
      read: { file: 'a.csv' },
      fields,
      records,
      change: () => folder.write('a.csv', content.join('\r\n').replace('多福', '多禄')),
      truncate: () => folder.cut('a.csv', Buffer.byteLength(content.join('\r\n')) - 4),
      async enlarge() {
        await folder.write('a.csv', `${line(fields)}\n${`${line(records[2] ?? [])}\n`.repeat(200_000)}`)
        return 200_000
      },
      async textAt({ line: at = 0 }) {
        const rest = content
          .join('\r\n')
          .split('\n')
          .slice(at - 1)
          .join('\n')
        return content.find((record) => rest.startsWith(record)) ?? ''
      },
    }
  },
})
