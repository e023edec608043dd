import type { CycleCode } from '../../catalog-schema/vocabulary/cycles.ts'
import type { DataFormat } from '../../catalog-schema/vocabulary/formats.ts'
import type { GradingLevel } from '../../catalog-schema/vocabulary/gradings.ts'
import type { SharingMethod, SharingType } from '../../catalog-schema/vocabulary/sharing.ts'
import { readWord } from '../../catalog-schema/vocabulary/words.ts'
import type { Problem } from '../workspace/problem.ts'
import type { CellReader } from './list-cells.ts'
import { createCellReader } from './list-cells.ts'
import type { ListHeader } from './list-header.ts'
import { splitItems } from './split-items.ts'

/** One entry of a published list. What the list does not say is undefined. */
export interface ListEntry {
  readonly department: string
  readonly name: string
  readonly items: readonly string[]
  readonly sharingType: SharingType | undefined
  readonly methods: readonly SharingMethod[] | undefined
  readonly cycle: CycleCode | undefined
  readonly format: DataFormat | undefined
  readonly class: string | undefined
  readonly level: GradingLevel | undefined
  readonly texts: Readonly<Partial<Record<TextField, string>>>
}

const textFields = [
  'conditions',
  'scope',
  'purpose',
  'reason',
  'legalBasis',
  'resourceCode',
  'summary',
  'note',
] as const
export type TextField = (typeof textFields)[number]

/** Reads the rows below the header. `file` names the list in problems; lines and columns are those of the sheet. */
export function readEntries(
  rows: readonly (readonly string[])[],
  header: ListHeader,
  file: string,
): { entries: ListEntry[]; problems: Problem[] } {
  const entries: ListEntry[] = []
  const problems: Problem[] = []
  let department = ''
  for (const [index, row] of rows.entries()) {
    if (index < header.firstEntry || isFooter(row, header)) continue
    const cells = createCellReader({ row, line: index + 1, header, file, problems })
    department = cells.text('department') ?? department
    const last = entries.at(-1)
    if (cells.text('name') !== undefined) entries.push(readEntry(cells, department))
    else if (last) entries[entries.length - 1] = withMoreItems(last, cells)
  }
  return { entries, problems }
}

function readEntry(cells: CellReader, department: string): ListEntry {
  if (department === '') cells.refuseEmpty('department', { en: 'the department', zh: '部门名称' })
  const grading = cells.text('grading')
  const gradingLevel = grading === undefined ? undefined : readWord('gradingLevels', grading)
  return {
    department,
    name: cells.text('name') ?? '',
    items: splitItems(cells.text('items', 'lines') ?? ''),
    sharingType: cells.word('sharingType', 'sharingTypes'),
    methods: cells.words('methods', 'sharingMethods'),
    cycle: cells.word('cycle', 'cycles'),
    format: cells.word('format', 'dataFormats'),
    class: cells.text('class') ?? (gradingLevel === undefined ? grading : undefined),
    level: cells.word('level', 'gradingLevels') ?? gradingLevel,
    texts: Object.fromEntries(
      textFields.flatMap((field) => {
        const text = cells.text(field)
        return text === undefined ? [] : [[field, text]]
      }),
    ),
  }
}

/** A list with one row per item: below the first row of an entry only the item is written. */
function withMoreItems(entry: ListEntry, cells: CellReader): ListEntry {
  const more = splitItems(cells.text('items', 'lines') ?? '')
  return more.length === 0 ? entry : { ...entry, items: [...new Set([...entry.items, ...more])] }
}

/** Empty rows, and remarks below the table: one cell that is neither a name nor an item. */
function isFooter(row: readonly string[], header: ListHeader): boolean {
  const written = [...row.entries()].filter(([, text]) => text.trim() !== '').map(([column]) => column)
  const [only, ...others] = written
  if (only === undefined) return true
  return others.length === 0 && only !== header.columns.get('name') && only !== header.columns.get('items')
}
