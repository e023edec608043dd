import { type Discovered, isIssue } from '../../src/connector.ts'
import { guessFields } from '../../src/records/guess-type.ts'
import { decodeJsonRecord, jsonFieldNames } from '../../src/records/json-fields.ts'
import { openSourceFile } from '../../src/records/open-file.ts'
import type { SourceFile } from '../../src/records/source-files.ts'
import { jsonBatches } from './batches.ts'
import type { JsonRead } from './config.ts'
import type { JsonFormat } from './format.ts'

const SAMPLE_RECORDS = 500

/** The fields of the first records of a file: every key that one of them has, in the order of their coming. */
export async function sampleFields(
  format: JsonFormat,
  read: JsonRead,
  signal: AbortSignal,
): Promise<Discovered['fields']> {
  for await (const batch of jsonBatches(format, read, signal)) {
    const records = []
    for (let i = 0; i < Math.min(batch.count, SAMPLE_RECORDS); i++) {
      records.push(batch.bytes.subarray(batch.starts[i], batch.ends[i]))
    }
    const names = [...new Set(records.flatMap(jsonFieldNames))]
    const decoded = records.map((record) => decodeJsonRecord(record, names))
    return guessFields(
      names,
      decoded.flatMap((fields) => (isIssue(fields) ? [] : [fields])),
    )
  }
  return []
}

const LARGEST_SEARCHED_BYTES = 16 * 1024 * 1024
const DEEPEST_PATH = 4

/** The path to the longest array of objects in a document that is not too large to look for it; '' for none. */
export async function findPath(file: SourceFile): Promise<string> {
  if (file.size > LARGEST_SEARCHED_BYTES) return ''
  await using handle = await openSourceFile(file)
  const text = await handle.readFile('utf8')
  try {
    const arrays = arraysIn(JSON.parse(text), [])
    return [...arrays].sort((a, b) => b.length - a.length)[0]?.path ?? ''
  } catch {
    return ''
  }
}

function arraysIn(value: unknown, keys: readonly string[]): readonly { path: string; length: number }[] {
  if (typeof value !== 'object' || value === null || keys.length > DEEPEST_PATH) return []
  if (Array.isArray(value)) {
    return value.every((one) => typeof one === 'object')
      ? [{ path: keys.join('.'), length: value.length }]
      : []
  }
  return Object.entries(value).flatMap(([key, inner]) =>
    key.includes('.') ? [] : arraysIn(inner, [...keys, key]),
  )
}
