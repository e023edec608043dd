import type { Workspace } from '../../catalog-schema/documents/documents.ts'
import type { FieldChange } from './diff-fields.ts'
import { diffFields } from './diff-fields.ts'
import type { Dataset } from './expand-catalog.ts'
import type { TableChange } from './table-change.ts'
import { itemChange } from './table-change.ts'

export type ChangeSubject =
  | 'settings'
  | 'department'
  | 'dataset'
  | 'item'
  | 'commitment'
  | 'source'
  | 'harvest'
  | 'calendar'
  | 'waiver'

/** One line of the plan that `guiji apply` shows. */
export interface Change {
  readonly action: 'added' | 'changed' | 'removed'
  readonly subject: ChangeSubject
  /**
   * Code of the subject; of an item `dataset.item`; of a commitment and a harvest the dataset's, of a
   * waiver the dataset's with its period.
   */
  readonly code: string
  /** Title as written; empty where the subject has none. */
  readonly name: string
  /** What differs, by path; empty where something is added or removed as a whole. */
  readonly fields: readonly FieldChange[]
  /** What the change asks of the dataset's table; absent: nothing. */
  readonly table?: TableChange
  /** True: rows or values would be lost, so that `--allow-loss` is needed. */
  readonly losesData: boolean
}

/**
 * What has to change to get from one workspace to another, in the order of subjects and codes; nothing at all when
 * they say the same. Pure. The directory does not matter: a workspace may be moved.
 */
export function diffWorkspaces(before: Workspace | undefined, after: Workspace): Change[] {
  return [
    ...diffSettings(before, after),
    ...diffNamed('department', before?.departments ?? [], after.departments, identify),
    ...diffDatasets(before?.datasets ?? [], after.datasets),
    ...diffNamed('source', before?.sources ?? [], after.sources, identify),
    ...diffNamed('harvest', before?.harvests ?? [], after.harvests, (harvest) => ({
      code: harvest.dataset,
      name: '',
    })),
    ...diffNamed('calendar', before?.calendars ?? [], after.calendars ?? [], ({ code, name = '' }) => ({
      code,
      name,
    })),
    ...diffNamed('waiver', waiversOf(before), waiversOf(after), ({ dataset, period }) => ({
      code: `${dataset} ${period}`,
      name: '',
    })),
  ]
}

/** One for each period; of two for the same period the later one. */
function waiversOf(workspace: Workspace | undefined) {
  return (workspace?.waivers ?? []).flatMap(({ periods, ...waiver }) =>
    periods.map((period) => ({ ...waiver, period })),
  )
}

function diffSettings(before: Workspace | undefined, after: Workspace): Change[] {
  const { name } = after.settings
  if (!before) return [whole('added', 'settings', { code: 'guiji', name })]
  return changed('settings', { code: 'guiji', name }, diffFields(before.settings, after.settings))
}

function diffDatasets(before: readonly Dataset[], after: readonly Dataset[]): Change[] {
  return pair(before, after, (dataset) => dataset.code).flatMap(({ old, now }) => {
    if (!old) return now ? [{ ...whole('added', 'dataset', now), table: 'created' }] : []
    if (!now) return [{ ...whole('removed', 'dataset', old), table: 'dropped', losesData: true }]
    return diffDataset(old, now)
  })
}

function diffDataset(old: Dataset, now: Dataset): Change[] {
  const { commitment: oldCommitment, items: oldItems, ...oldRest } = old
  const { commitment, items, ...rest } = now
  const fields = diffFields(oldRest, rest)
  const rebuilt = fields.some(({ path }) => path.startsWith('partition'))
  const rekeyed = keyOf(old) !== keyOf(now)
  const table: TableChange | undefined = rebuilt ? 'repartitioned' : rekeyed ? 'rekeyed' : undefined
  const keys = rekeyed ? [{ path: 'key', before: keyOf(old), after: keyOf(now) }] : []
  return [
    ...changed('dataset', now, [...fields, ...keys, ...orderChange(old, now)], table),
    ...changed('commitment', now, diffFields(oldCommitment, commitment)),
    ...pair(oldItems, items, (item) => item.code).flatMap((one) => diffItem(now.code, one)),
  ]
}

function diffItem(dataset: string, { old, now }: Pair<Dataset['items'][number]>): Change[] {
  const item = now ?? old
  if (!item) return []
  const named = { code: `${dataset}.${item.code}`, name: item.name }
  if (!old) return [{ ...whole('added', 'item', named), table: 'item-added' }]
  if (!now) return [{ ...whole('removed', 'item', named), table: 'item-retired', losesData: true }]
  const { table, losesData } = itemChange(old, now)
  return changed('item', named, diffFields(old, now), table).map((change) => ({ ...change, losesData }))
}

/** Items in another order: the views show them so, the table need not change. Only where the items are the same. */
function orderChange(old: Dataset, now: Dataset): FieldChange[] {
  const kept = (one: Dataset, other: Dataset) =>
    one.items.map(({ code }) => code).filter((code) => other.items.some((item) => item.code === code))
  const before = kept(old, now).join(', ')
  const after = kept(now, old).join(', ')
  return before === after ? [] : [{ path: 'items', before, after }]
}

function diffNamed<T>(
  subject: ChangeSubject,
  before: readonly T[],
  after: readonly T[],
  identifyOne: (value: T) => Named,
): Change[] {
  return pair(before, after, (value) => identifyOne(value).code).flatMap(({ old, now }) => {
    if (!old) return now ? [whole('added', subject, identifyOne(now))] : []
    if (!now) return [whole('removed', subject, identifyOne(old))]
    return changed(subject, identifyOne(now), diffFields(old, now))
  })
}

interface Named {
  readonly code: string
  readonly name: string
}

interface Pair<T> {
  readonly old: T | undefined
  readonly now: T | undefined
}

/** Old and new of each code, those that are there now first, in their order. */
function pair<T>(before: readonly T[], after: readonly T[], codeOf: (value: T) => string): Pair<T>[] {
  const old = new Map(before.map((value) => [codeOf(value), value]))
  const now = new Map(after.map((value) => [codeOf(value), value]))
  return [...new Set([...now.keys(), ...old.keys()])].map((code) => ({
    old: old.get(code),
    now: now.get(code),
  }))
}

function whole(action: 'added' | 'removed', subject: ChangeSubject, { code, name }: Named): Change {
  return { action, subject, code, name, fields: [], losesData: false }
}

function changed(
  subject: ChangeSubject,
  { code, name }: Named,
  fields: readonly FieldChange[],
  table?: TableChange,
): Change[] {
  if (fields.length === 0) return []
  return [{ action: 'changed', subject, code, name, fields, ...(table && { table }), losesData: false }]
}

function identify({ code, name }: Named): Named {
  return { code, name }
}

function keyOf(dataset: Dataset): string {
  return dataset.items
    .filter((item) => item.key)
    .map(({ code }) => code)
    .sort()
    .join(', ')
}
