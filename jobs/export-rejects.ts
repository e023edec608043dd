import { createWriteStream } from 'node:fs'
import { Readable } from 'node:stream'
import { pipeline } from 'node:stream/promises'
import type pg from 'pg'
import { type RejectChoice, type RejectedRecord, rejectedRecords } from '../src/store/read-rejects.ts'
import { rawText } from './raw-text.ts'
import { placeWords } from './reject-words.ts'
import type { Shell } from './shell.ts'
import { csvLine } from './terminal/csv.ts'

const pageSize = 1000

/** Writes all open rejects to a CSV file for the department, with a byte order mark so that Excel reads it. */
export async function exportRejects(
  shell: Shell,
  pool: pg.Pool,
  choice: RejectChoice,
  file: string,
): Promise<number> {
  const { say, signal } = shell
  let count = 0
  const titles = [
    say('rejects.id'),
    say('run.dataset'),
    say('rejects.place'),
    say('rejects.reason'),
    say('rejects.item'),
    say('rejects.value'),
    say('rejects.message'),
    say('rejects.raw'),
  ]
  async function* lines(): AsyncGenerator<string> {
    yield `\ufeff${csvLine(titles)}`
    for await (const record of allRejects(pool, choice)) {
      count += 1
      yield csvLine(fieldsOf(record, shell))
    }
  }
  await pipeline(Readable.from(lines()), createWriteStream(file), { signal })
  return count
}

async function* allRejects(pool: pg.Pool, choice: RejectChoice): AsyncGenerator<RejectedRecord> {
  let after = 0n
  for (;;) {
    const page = await rejectedRecords(pool, { ...choice, after, limit: pageSize })
    yield* page
    const last = page.at(-1)
    if (last === undefined || page.length < pageSize) return
    after = last.id
  }
}

function fieldsOf(record: RejectedRecord, { say }: Shell): (string | null)[] {
  const { id, dataset, place, reason, column, value, message, raw } = record
  return [String(id), dataset, placeWords(place, say), reason, column, value, message, rawText(raw)]
}
