import type { HarvestDocument } from '../../catalog-schema/documents/documents.ts'
import { itemWord } from './check-datasets.ts'
import { unknownName } from './check-references.ts'
import type { Collected, Entry } from './collect.ts'
import type { Dataset } from './expand-catalog.ts'
import type { Problem } from './problem.ts'
import { createProblem, formatPlace } from './problem.ts'

/** Harvests held against the items of the dataset they fill. */
export function checkHarvests(collected: Collected): Problem[] {
  const datasets = new Map(collected.datasets.map((entry) => [entry.value.code, entry]))
  const timesGiven = (code: string) => collected.declared.datasets.filter((one) => one.code === code).length
  return collected.harvests.flatMap((entry) => {
    const dataset = datasets.get(entry.value.dataset)
    // Of two datasets with one code nobody knows which is meant; that they are two is told already.
    if (!dataset || timesGiven(entry.value.dataset) > 1) return []
    return [...incrementalProblems(entry, dataset), ...itemProblems(entry, dataset.value)]
  })
}

/** A snapshot without a key is allowed (a record is then known by all it holds); an incremental one is not. */
function incrementalProblems(entry: Entry<HarvestDocument>, dataset: Entry<Dataset>): Problem[] {
  const { value: harvest, document, path } = entry
  if (harvest.mode !== 'incremental') return []
  const place = document.placeOf([...path, 'mode'])
  const keyless = !dataset.value.items.some((item) => item.key)
  const other = formatPlace(dataset.document.placeOf([...dataset.path, 'items']))
  return [
    ...(keyless
      ? [
          createProblem(place, 'HARVEST_KEY_MISSING', {
            found: harvest.dataset,
            expected: 'key: true',
            other,
          }),
        ]
      : []),
    ...(harvest.cursor
      ? []
      : [createProblem(place, 'HARVEST_CURSOR_MISSING', { found: harvest.dataset, expected: 'cursor' })]),
  ]
}

/** Mappings are by item code; the cursor is a source field that fills an item, so that its values are read. */
function itemProblems(entry: Entry<HarvestDocument>, dataset: Dataset): Problem[] {
  const { items: mappings, cursor, businessDate } = entry.value
  const codes = dataset.items.map(({ code }) => code)
  const fields = codes.map((code) => mappings[code]?.from ?? code)
  const problems = Object.keys(mappings)
    .filter((code) => !codes.includes(code))
    .map((code) => unknownName(entry, ['items', code], code, { known: codes, kind: itemWord, atKey: true }))
  const dated = dataset.items.filter(({ type }) => ['date', 'datetime', 'instant'].includes(type))
  if (businessDate !== undefined && !dated.some(({ code }) => code === businessDate)) {
    const known = dated.map(({ code }) => code)
    const kind = {
      en: 'item of type date, datetime or instant',
      zh: '日期类型（date、datetime、instant）的数据项',
    }
    problems.push(unknownName(entry, ['businessDate'], businessDate, { known, kind }))
  }
  if (cursor && !fields.includes(cursor.field)) {
    const long = entry.document.sourceOf([...entry.path, 'cursor']) === undefined
    const step = long ? ['cursor', 'field'] : ['cursor']
    const kind = { en: 'source field (no item is filled from it)', zh: '源字段（没有数据项取自它）' }
    problems.push(unknownName(entry, step, cursor.field, { known: fields, kind }))
  }
  return problems
}
