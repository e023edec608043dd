import type { Dataset, DateStyle, Row } from '../list/types.ts'
import { restyleDate } from './dates.ts'
import { type Flaw, flawOn, planOf, rejectsItself, spoil, widen } from './dirt.ts'
import { mix } from './hash.ts'
import { changedOn, type Life, versionOn } from './life.ts'
import { copies, type Entry, ordinalOf } from './listing.ts'
import { anyCompany, anyPerson, personAt } from './subjects.ts'

/** One record as field texts in the order of the dataset's items; `''` is no value. Reused by the next call. */
export interface SourceRecord {
  readonly values: string[]
  /** The line breaks off: the last field is missing. */
  ragged: boolean
}

/** Gives the records of a dataset as they stand on `day`. The answer is valid until the next call. */
export function recordReader(
  life: Life,
  day: number,
  dates: DateStyle = 'iso',
): (entry: Entry) => SourceRecord {
  const { dataset } = life
  const { items } = dataset
  const row: Row = { ordinal: 0, version: 0, changedOn: 0, hash: 0, person: 0, company: 0 }
  const record: SourceRecord = { values: new Array<string>(items.length).fill(''), ragged: false }
  const styled = items.map((item) => item.type === 'date' && dates !== 'iso')
  const { fullWidth, padded } = planOf(dataset)
  return (entry) => {
    const ordinal = ordinalOf(entry)
    fill(row, life, ordinal, day)
    if (entry % 4 === copies.conflict) row.version += 1
    const flaw = flawOn(life, ordinal, day)
    for (let i = 0; i < items.length; i += 1) {
      const item = items[i]
      if (item === undefined) continue
      let text = item.write(row, mix(row.hash, i + 1))
      if (flaw !== undefined && flaw.column === i) text = spoil(flaw, item, text)
      record.values[i] = styled[i] === true ? restyleDate(text, dates) : text
    }
    dress(record.values, row.hash, fullWidth, padded)
    record.ragged = isRagged(flaw)
    return record
  }
}

function isRagged(flaw: Flaw | undefined): boolean {
  return rejectsItself(flaw) && flaw.kind === 'ragged'
}

function fill(row: Row, life: Life, ordinal: number, day: number): void {
  const { dataset } = life
  row.ordinal = ordinal
  row.version = versionOn(life, ordinal, day)
  row.changedOn = changedOn(life, ordinal, day)
  row.hash = mix(dataset.seed, ordinal)
  row.person = personOf(dataset, ordinal, row.hash)
  row.company = dataset.each === 'company' ? ordinal + (dataset.offset ?? 0) : anyCompany(mix(row.hash, 0x43))
}

function personOf(dataset: Dataset, ordinal: number, hash: number): number {
  if (dataset.each === undefined || dataset.each === 'company') return anyPerson(mix(hash, 0x50))
  return personAt(dataset.each, ordinal + (dataset.offset ?? 0))
}

/** Here and there full-width digits and stray blanks, which the mapping cleans away. */
function dress(values: string[], hash: number, fullWidth: number, padded: number): void {
  const chance = (hash >>> 7) % 400
  if (chance === 0 && fullWidth >= 0) values[fullWidth] = widen(values[fullWidth] ?? '')
  if (chance === 1 && padded >= 0) values[padded] = ` ${values[padded] ?? ''}\u3000`
}
