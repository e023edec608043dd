import { dateText, firstDay, restyleDate } from '../generator/dates.ts'
import { eventDay, type Life, lifeOf } from '../generator/life.ts'
import { listingOn, ordinalOf } from '../generator/listing.ts'
import type { Dataset } from '../list/types.ts'

/** One file that a department puts down, with the records it holds. */
export interface PlannedFile {
  readonly dataset: Dataset
  readonly life: Life
  /** Below the folder of all files, `/` between parts. */
  readonly path: string
  readonly entries: Float64Array
}

const endings: Readonly<Record<string, string>> = { csv: 'csv', excel: 'xlsx' }

function endingOf(dataset: Dataset): string {
  if (dataset.source.kind === 'json') return dataset.source.layout === 'lines' ? 'jsonl' : 'json'
  return endings[dataset.source.kind] ?? 'txt'
}

export function isFileDataset(dataset: Dataset): boolean {
  return ['csv', 'json', 'excel'].includes(dataset.source.kind)
}

/** Folder of a source below the folder of all files. */
export function folderOf(dataset: Dataset): string {
  return `${dataset.department.code}/${dataset.system}`
}

/** The file, or the pattern of the daily files, below the folder of the source. */
export function filePattern(dataset: Dataset): string {
  const ending = endingOf(dataset)
  return dataset.mode === 'append' ? `${dataset.thing}/*.${ending}` : `${dataset.thing}.${ending}`
}

/** The files of a dataset on `day`: one, or one per day of events. */
export function planFiles(dataset: Dataset, scale: number, day: number): readonly PlannedFile[] {
  const life = lifeOf(dataset, scale)
  const all = listingOn(life, day)
  const path = `${folderOf(dataset)}/${filePattern(dataset)}`
  if (dataset.mode !== 'append') return [{ dataset, life, path, entries: all }]
  return daysOf(life, all).map(({ date, entries }) => ({
    dataset,
    life,
    path: path.replace('*', `${dataset.thing}_${restyleDate(dateText(firstDay + date - 1), 'compact')}`),
    entries,
  }))
}

/** Events come in order of time, so the events of a day are one stretch of the listing. */
function daysOf(life: Life, all: Float64Array): readonly { date: number; entries: Float64Array }[] {
  const days: { date: number; entries: Float64Array }[] = []
  let start = 0
  for (let i = 1; i <= all.length; i += 1) {
    const date = eventDay(life, ordinalOf(all[start] ?? 0))
    if (i < all.length && eventDay(life, ordinalOf(all[i] ?? 0)) === date) continue
    if (i > start) days.push({ date, entries: all.subarray(start, i) })
    start = i
  }
  return days
}
