/** `node examples/hengshui/generate.ts --scale N --day N --out DIR`: the files of all departments, without servers. */
import { resolve } from 'node:path'
import { readOptions, wholeNumber } from './command-line.ts'
import { changesBetween } from './generator/expected-changes.ts'
import { datasets } from './list/the-list.ts'
import { writeFiles } from './systems/files.ts'

const values = readOptions({
  scale: { type: 'string', default: '1000000' },
  day: { type: 'string', default: '1' },
  out: { type: 'string' },
  expected: { type: 'boolean', default: false },
})
const scale = wholeNumber('--scale', values.scale)
const day = wholeNumber('--day', values.day)
if (values.expected) {
  // What a harvest must find that ran the day before: one JSON line per dataset.
  for (const dataset of datasets) {
    const changes = changesBetween(dataset, day - 1, day, scale)
    console.log(JSON.stringify(changes, (_key, value) => (typeof value === 'bigint' ? String(value) : value)))
  }
} else {
  const out = resolve(values.out ?? 'examples/hengshui/.sources/files')
  const { written, total } = await writeFiles(out, scale, day, new AbortController().signal)
  console.log(`${out}: ${total} files, ${written} written, day ${day}, synthetic data (合成数据)`)
}
