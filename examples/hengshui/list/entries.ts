import type { SharingDocument } from '../../../catalog-schema/documents/documents.ts'
import { updatedAt, updatedAtExactly } from './items.ts'
import type { DatasetEntry, DirtRates, Item, SystemKey } from './types.ts'

type Extra = Partial<Omit<DatasetEntry, 'code' | 'name' | 'cycle' | 'system' | 'thing' | 'rows' | 'items'>>

/**
 * One line of the list. `from` is `system:thing`, e.g. `db:hjrk`. Records that can change get the source's own
 * time of last change as last item.
 */
export function dataset(
  code: string,
  name: string,
  cycle: string,
  from: `${SystemKey}:${string}`,
  rows: number,
  items: readonly Item[],
  extra: Extra = {},
): DatasetEntry {
  const [system = '', thing = ''] = from.split(':')
  const changes = extra.still !== true && extra.mode !== 'append'
  const touched = extra.mode === 'incremental' ? updatedAtExactly : updatedAt
  const all = changes ? [...items, touched] : items
  return { code, name, cycle, system: system as SystemKey, thing, rows, items: all, ...extra }
}

/** 无条件共享 */
export const unconditional: SharingDocument = {
  type: 'unconditional',
  methods: ['batch', 'api'],
  conditions: '各政务部门依职责使用',
}

/** 有条件共享: to whom and for what, Decree 809 Art. 15. */
export function conditional(scope: string, purpose: string): SharingDocument {
  return {
    type: 'conditional',
    methods: ['api', 'batch'],
    conditions: '经提供部门审核同意后使用',
    scope,
    purpose,
  }
}

/** 不予共享: with its reason and legal basis, Decree 809 Art. 14 and 15. */
export function notShared(reason: string, legalBasis: string): SharingDocument {
  return { type: 'none', methods: ['file'], conditions: '不予共享', reason, legalBasis }
}

/** How dirty the files and interfaces of an ordinary department are, per 10,000 records. */
export const usualDirt: DirtRates = {
  type: 8,
  semantic: 6,
  required: 4,
  enum: 3,
  pattern: 3,
  ragged: 3,
  duplicate: 8,
  'key-conflict': 3,
}

/** The same for a department that looks after its data less. */
export const heavyDirt: DirtRates = {
  type: 15,
  semantic: 12,
  required: 8,
  enum: 5,
  pattern: 5,
  ragged: 5,
  duplicate: 15,
  'key-conflict': 5,
}
