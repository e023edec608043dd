import { datePatterns } from '../generator/dates.ts'
import { fieldName } from '../list/field-name.ts'
import type { Dataset, Item } from '../list/types.ts'
import { shapeOf } from '../systems/api-shapes.ts'
import { filePattern } from '../systems/file-plan.ts'
import { tableSchema } from '../systems/tables.ts'

/** `harvests/<department>.yaml`: from where and how each dataset is filled. */
export function harvestDocument(datasets: readonly Dataset[]): object {
  return {
    harvests: datasets.map((dataset) => ({
      dataset: dataset.code,
      source: dataset.sourceCode,
      mode: dataset.mode,
      read: readOf(dataset),
      ...cursorOf(dataset),
      items: Object.fromEntries(dataset.items.map((item) => [item.code, mappingOf(dataset, item)])),
    })),
  }
}

function readOf(dataset: Dataset): object {
  const { source } = dataset
  switch (source.kind) {
    case 'postgres':
      return { table: `${tableSchema}.${dataset.thing}` }
    case 'http-json':
      return shapeOf(source).read(dataset)
    case 'csv':
      return {
        file: filePattern(dataset),
        encoding: source.encoding,
        ...(source.delimiter === undefined ? {} : { delimiter: source.delimiter }),
      }
    case 'json':
      return source.layout === 'lines'
        ? { file: filePattern(dataset), format: 'lines' }
        : { file: filePattern(dataset), format: 'array', path: 'data.rows' }
    case 'excel':
      return { file: filePattern(dataset) }
  }
}

/** The field that only grows: the time of change, or the serial number of events in a database. */
function cursorOf(dataset: Dataset): object {
  if (dataset.mode === 'incremental') return { cursor: { field: 'gxsj', lag: 'PT10M' }, reconcile: 'P7D' }
  if (dataset.mode !== 'append' || dataset.source.kind !== 'postgres') return {}
  const serial = dataset.items.find((item) => item.key === true)
  return serial === undefined ? {} : { cursor: { field: serial.field } }
}

/** A bare field name where nothing has to be done to the value. */
function mappingOf(dataset: Dataset, item: Item): string | object {
  const normalise = normalisationsOf(dataset, item)
  const format = formatOf(dataset, item)
  const map = item.map ?? (isYesOrNo(dataset, item) ? { 是: 'true', 否: 'false' } : undefined)
  const work = {
    ...(normalise.length === 0 ? {} : { normalise }),
    ...(format === undefined ? {} : { format }),
    ...(map === undefined ? {} : { map }),
    ...(item.shift === undefined ? {} : { shift: item.shift }),
  }
  return Object.keys(work).length === 0
    ? fieldName(dataset, item)
    : { from: fieldName(dataset, item), ...work }
}

/** Offices write 是 and 否. */
function isYesOrNo(dataset: Dataset, item: Item): boolean {
  return item.type === 'boolean' && dataset.source.kind === 'excel'
}

function normalisationsOf(dataset: Dataset, item: Item): readonly string[] {
  if (dataset.dirt === undefined || item.type !== 'text') return []
  if (item.code.endsWith('_name')) return ['trim']
  return ['idcard', 'uscc', 'plate', 'mobile'].includes(item.semantic ?? '') ? ['trim', 'halfwidth'] : []
}

function formatOf(dataset: Dataset, item: Item): string | undefined {
  if (item.type !== 'date' || dataset.source.kind !== 'csv') return undefined
  return datePatterns[dataset.source.dates]
}
