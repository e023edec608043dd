import { encodeGb18030 } from '../gb18030.ts'
import { recordReader } from '../generator/records.ts'
import type { PlannedFile } from '../systems/file-plan.ts'
import { blocks } from './blocks.ts'
import { csvHeader, csvLine } from './csv.ts'
import { jsonObject } from './json.ts'

/** The bytes of a planned text file as they stand on `day`, in blocks. */
export function* fileContent(file: PlannedFile, day: number): Generator<Buffer> {
  const { source } = file.dataset
  const encode =
    source.kind === 'csv' && source.encoding === 'gb18030'
      ? encodeGb18030
      : (text: string): Buffer => Buffer.from(text)
  for (const text of textOf(file, day)) yield encode(text)
}

function textOf(file: PlannedFile, day: number): Generator<string> {
  const { source } = file.dataset
  if (source.kind === 'csv') return csvText(file, day)
  return source.kind === 'json' && source.layout === 'array' ? array(file, day) : lines(file, day)
}

function* csvText(file: PlannedFile, day: number): Generator<string> {
  const { dataset, life, entries } = file
  if (dataset.source.kind !== 'csv') return
  const delimiter = dataset.source.delimiter ?? ','
  yield csvHeader(dataset, delimiter)
  yield* blocks(entries, recordReader(life, day, dataset.source.dates), csvLine(delimiter))
}

function* lines({ dataset, life, entries }: PlannedFile, day: number): Generator<string> {
  const write = jsonObject(dataset)
  yield* blocks(entries, recordReader(life, day), (record) => `${write(record)}\n`)
}

/** The answer of an interface that was put down as a file: the records stand at `data.rows`. */
function* array({ dataset, life, entries }: PlannedFile, day: number): Generator<string> {
  const write = jsonObject(dataset)
  let first = true
  yield `{"code":0,"message":"合成数据","data":{"total":${entries.length},"rows":[\n`
  yield* blocks(entries, recordReader(life, day), (record) => {
    const separator = first ? '' : ',\n'
    first = false
    return separator + write(record)
  })
  yield '\n]}}\n'
}
