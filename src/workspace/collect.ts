import type {
  CalendarDocument,
  DepartmentDocument,
  HarvestDocument,
  SourceDocument,
  WaiverDocument,
  WorkspaceDocument,
} from '../../catalog-schema/documents/documents.ts'
import type { Dataset, WrittenDataset } from './expand-catalog.ts'
import { expandDataset, expandSettings } from './expand-catalog.ts'
import type { WrittenHarvest, WrittenSource } from './expand-harvest.ts'
import { expandHarvest, expandSource } from './expand-harvest.ts'
import type { WrittenCalendar, WrittenWaiver } from './expand-promises.ts'
import { expandCalendar, expandWaiver } from './expand-promises.ts'
import type { ParsedDocument, Path } from './parse-document.ts'
import type { CheckedDocument } from './validate-documents.ts'

/** A valid piece of a document, expanded, and where it stands. */
export interface Entry<T> {
  readonly document: ParsedDocument
  readonly path: Path
  readonly value: T
}

/** A code that a document gives to something, valid or not: what names it is not blamed for its other faults. */
export interface Declared {
  readonly document: ParsedDocument
  readonly path: Path
  readonly code: string
}

/** What all documents of a workspace say together. */
export interface Collected {
  readonly settings: WorkspaceDocument
  /** `guiji.yaml` where it is valid. */
  readonly workspace: Entry<WorkspaceDocument> | undefined
  readonly departments: readonly Entry<DepartmentDocument>[]
  readonly datasets: readonly Entry<Dataset>[]
  readonly sources: readonly Entry<SourceDocument>[]
  readonly harvests: readonly Entry<HarvestDocument>[]
  readonly calendars: readonly Entry<CalendarDocument>[]
  readonly waivers: readonly Entry<WaiverDocument>[]
  readonly declared: {
    readonly departments: readonly Declared[]
    readonly datasets: readonly Declared[]
    readonly sources: readonly Declared[]
    /** By the dataset they fill. */
    readonly harvests: readonly Declared[]
    readonly calendars: readonly Declared[]
  }
}

interface Piece {
  readonly document: ParsedDocument
  readonly path: Path
  readonly valid: boolean
  readonly value: unknown
}

/** Gathers the entries of all documents; an entry with a problem of its own is left out, but stays declared. */
export function collect(documents: readonly CheckedDocument[]): Collected {
  const workspace = validWorkspace(documents)
  const settings = workspace?.value ?? expandSettings({ name: '' })
  const departments = piecesOf(documents, 'department', (root) => [['department', root.department]])
  const datasets = piecesOf(documents, 'department', (root) => listed('datasets', root.datasets))
  const sources = piecesOf(documents, 'source', (root) => [
    ['source', root.source],
    ...listed('sources', root.sources),
  ])
  const harvests = piecesOf(documents, 'harvest', (root) => listed('harvests', root.harvests))
  const calendars = piecesOf(documents, 'calendar', (root) => [['calendar', root.calendar]])
  const waivers = piecesOf(documents, 'waiver', (root) => listed('waivers', root.waivers))
  return {
    settings,
    workspace,
    departments: entriesOf<DepartmentDocument, DepartmentDocument>(departments, (written) => written),
    datasets: entriesOf<WrittenDataset, Dataset>(datasets, (written, { document }) =>
      expandDataset(written, departmentOf(document), settings),
    ),
    sources: entriesOf<WrittenSource, SourceDocument>(sources, expandSource),
    harvests: entriesOf<WrittenHarvest, HarvestDocument>(harvests, expandHarvest),
    calendars: entriesOf<WrittenCalendar, CalendarDocument>(calendars, expandCalendar),
    waivers: entriesOf<WrittenWaiver, WaiverDocument>(waivers, expandWaiver),
    declared: {
      departments: declaredBy(departments, 'code'),
      datasets: declaredBy(datasets, 'code'),
      sources: declaredBy(sources, 'code'),
      harvests: declaredBy(harvests, 'dataset'),
      calendars: declaredBy(calendars, 'code'),
    },
  }
}

function validWorkspace(documents: readonly CheckedDocument[]): Entry<WorkspaceDocument> | undefined {
  const valid = documents.find(
    (one) => one.role === 'workspace' && one.document.problems.length === 0 && one.problems.length === 0,
  )
  if (valid === undefined) return undefined
  const value = expandSettings(valid.document.value as { name: string })
  return { document: valid.document, path: [], value }
}

type Located = readonly [step: string | Path, value: unknown]

function piecesOf(
  documents: readonly CheckedDocument[],
  role: CheckedDocument['role'],
  read: (root: Readonly<Record<string, unknown>>) => readonly Located[],
): Piece[] {
  return documents
    .filter((one) => one.role === role && one.document.problems.length === 0)
    .flatMap(({ document, problems }) =>
      read(record(document.value))
        .filter(([, value]) => value !== undefined)
        .map(([step, value]): Piece => {
          const path = [step].flat()
          const valid = !problems.some((problem) => startsWith(problem.path, path)) && isRecord(value)
          return { document, path, valid, value }
        }),
    )
}

function listed(name: string, value: unknown): readonly Located[] {
  return Array.isArray(value) ? value.map((one: unknown, index) => [[name, index], one]) : []
}

function entriesOf<W, T>(
  pieces: readonly Piece[],
  expand: (written: W, piece: Piece) => T,
): readonly Entry<T>[] {
  return pieces
    .filter((piece) => piece.valid)
    .map((piece) => ({ document: piece.document, path: piece.path, value: expand(piece.value as W, piece) }))
}

function declaredBy(pieces: readonly Piece[], property: string): readonly Declared[] {
  return pieces.flatMap(({ document, path, value }) => {
    const code = record(value)[property]
    return typeof code === 'string' ? [{ document, path: [...path, property], code }] : []
  })
}

function departmentOf(document: ParsedDocument): string {
  return String(record(record(document.value).department).code ?? '')
}

function startsWith(path: Path, start: Path): boolean {
  return start.every((part, index) => path[index] === part)
}

function record(value: unknown): Readonly<Record<string, unknown>> {
  return isRecord(value) ? value : {}
}

function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}
