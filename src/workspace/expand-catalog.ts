import type {
  CommitmentDocument,
  DatasetDocument,
  HistoryDocument,
  ItemDocument,
  SharingDocument,
  Workspace,
  WorkspaceDocument,
} from '../../catalog-schema/documents/documents.ts'
import { cycles } from '../../catalog-schema/vocabulary/cycles.ts'
import type { CodeOf, VocabularyName } from '../../catalog-schema/vocabulary/words.ts'
import { readWord } from '../../catalog-schema/vocabulary/words.ts'

/** A dataset with the department that owes it. */
export type Dataset = Workspace['datasets'][number]

type Written<T, Replaced> = Partial<Omit<T, keyof Replaced>> & Replaced
type WrittenItem = Written<ItemDocument, { code: string; name: string }>
type WrittenCommitment = Written<CommitmentDocument, { cycle: string }>
type WrittenSharing = Omit<SharingDocument, 'type' | 'methods'> & {
  readonly type: string
  readonly methods: string | readonly string[]
}
/** A dataset as the schema lets it be written. */
export type WrittenDataset = Omit<
  DatasetDocument,
  'format' | 'sharing' | 'grading' | 'commitment' | 'items' | 'rules' | 'partition'
> & {
  readonly format: string
  readonly sharing: WrittenSharing
  readonly grading: { readonly class: string; readonly level: string }
  readonly commitment: string | WrittenCommitment
  readonly items: readonly WrittenItem[]
  readonly rules?: DatasetDocument['rules']
  readonly partition?: { readonly by: string; readonly every?: 'day' | 'month' | 'year' }
}

/** The day on which the regulation came into force (Decree 809 Art. 44): promises hold from then unless they say so. */
export const regulationInForce = '2025-08-01'

/** Records of use are kept for at least three years (Decree 809 Art. 29). */
export const historyKept: HistoryDocument = {
  runs: 'P3Y',
  chunks: 'P90D',
  slots: 'P90D',
  rejects: 'P1Y',
  days: 'P10Y',
}

/** `guiji.yaml` with its defaults. */
export function expandSettings(written: WrittenSettings): WorkspaceDocument {
  const { outbound, history, ...rest } = written
  const defaults = { language: 'zh', timeZone: 'Asia/Shanghai', calendar: 'cn', concurrency: 2 } as const
  return {
    ...defaults,
    ...rest,
    history: { ...historyKept, ...history },
    ...(outbound && { outbound: { allow: [], only: false, ...outbound } }),
  }
}

type WrittenSettings = Partial<Omit<WorkspaceDocument, 'outbound' | 'history'>> & {
  readonly name: string
  readonly outbound?: Partial<NonNullable<WorkspaceDocument['outbound']>>
  readonly history?: Partial<HistoryDocument>
}

/** A valid written dataset, every short form spelled out and every default filled in. */
export function expandDataset(
  written: WrittenDataset,
  department: string,
  settings: WorkspaceDocument,
): Dataset {
  const { partition, ...rest } = written
  return {
    ...rest,
    department,
    format: codeFor('dataFormats', written.format),
    sharing: expandSharing(written.sharing),
    grading: { class: written.grading.class, level: codeFor('gradingLevels', written.grading.level) },
    commitment: expandCommitment(written.commitment, settings),
    items: written.items.map(expandItem),
    rules: written.rules ?? [],
    ...(partition && { partition: { every: 'month', ...partition } }),
  }
}

function expandItem(written: WrittenItem): ItemDocument {
  const key = written.key ?? false
  return { type: 'text', ...written, key, required: key || (written.required ?? false) }
}

function expandSharing(written: WrittenSharing): SharingDocument {
  const methods = [written.methods].flat().map((word) => codeFor('sharingMethods', word))
  return { ...written, type: codeFor('sharingTypes', written.type), methods: [...new Set(methods)] }
}

/** Realtime data with no lag of its own may be an hour old; daily and longer cycles are due the day after. */
function expandCommitment(
  written: string | WrittenCommitment,
  settings: WorkspaceDocument,
): CommitmentDocument {
  const given = typeof written === 'string' ? { cycle: written } : written
  const cycle = codeFor('cycles', given.cycle)
  const daysOrLonger = cycles[cycle].clock && cycle !== 'realtime' && cycle !== 'hourly'
  return {
    from: regulationInForce,
    timeZone: settings.timeZone,
    calendar: settings.calendar,
    dueTime: '08:00',
    dueAfterDays: daysOrLonger ? 1 : 0,
    grace: {},
    satisfiedBy: 'check',
    ...(cycle === 'realtime' && { maxLag: 'PT1H' }),
    ...given,
    cycle,
  }
}

/** The schema has accepted the word, so it has a code. */
function codeFor<N extends VocabularyName>(name: N, word: string): CodeOf<N> {
  const code = readWord(name, word)
  if (code === undefined) throw new TypeError(`"${word}" passed the schema but is no word of ${name}`)
  return code
}
