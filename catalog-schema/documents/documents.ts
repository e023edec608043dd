/**
 * The documents an administrator writes, as TypeScript shapes. The JSON Schemas beside this file are what is
 * enforced; these types are what the rest of guiji reads after validation and defaulting.
 */
import type { CycleCode } from '../vocabulary/cycles.ts'
import type { ItemType } from '../vocabulary/item-types.ts'
import type { SemanticType } from '../vocabulary/semantic-types.ts'
import type { SharingMethod, SharingType } from '../vocabulary/sharing.ts'
import type { AlertsDocument, OpenLineageDocument } from './alert-documents.ts'

/** `guiji.yaml`: one per workspace. */
export interface WorkspaceDocument {
  readonly name: string
  readonly language: 'zh' | 'en'
  /** IANA zone in which promises without a zone of their own are read. */
  readonly timeZone: string
  /** Code of the working-day calendar. */
  readonly calendar: string
  /** Absent: the embedded server in `.guiji/`. A URL or a secret reference (`env:NAME`, `file:/path`). */
  readonly store?: { readonly url: string }
  /** How many runs one process works on at once. */
  readonly concurrency: number
  readonly history: HistoryDocument
  /** Where HTTP sources may lie. Absent: at public addresses only. */
  readonly outbound?: {
    /** Addresses, ranges (CIDR) and host names. */
    readonly allow: readonly string[]
    /** True: nowhere else, public addresses included. */
    readonly only: boolean
  }
  readonly alerts?: AlertsDocument
  readonly openlineage?: OpenLineageDocument
}

/** How long details are kept, as ISO 8601 durations. Roll-ups by month are kept for ever, counts and identity too. */
export interface HistoryDocument {
  /** Runs, publications and settled occurrences: the records of use, three years at least (Decree 809 Art. 29). */
  readonly runs: string
  /** Ledger entries, once they are rolled up. */
  readonly chunks: string
  /** Slots that are done with. */
  readonly slots: string
  /** Rejects that are closed. */
  readonly rejects: string
  /** Roll-ups by day. */
  readonly days: string
}

export interface Contact {
  readonly name?: string
  readonly phone?: string
  readonly email?: string
}

export interface DepartmentDocument {
  /** `[a-z][a-z0-9_]*`: also the name of the analysts' schema. */
  readonly code: string
  readonly name: string
  readonly parent?: string
  readonly contact?: Contact
}

export interface ItemDocument {
  /** `[a-z][a-z0-9_]*`: the column name. */
  readonly code: string
  /** The title on the list, any language, any length. */
  readonly name: string
  readonly type: ItemType
  readonly key: boolean
  readonly required: boolean
  readonly description?: string
  /** Digits before and after the point, for `decimal`. */
  readonly precision?: number
  readonly scale?: number
  /** Characters, for `text`. */
  readonly maxLength?: number
  /** A POSIX/ECMAScript-common regular expression that the whole value must match. */
  readonly pattern?: string
  readonly enum?: readonly string[]
  readonly min?: string
  readonly max?: string
  readonly semantic?: SemanticType
  readonly unit?: string
  readonly sensitivity?: 'public' | 'internal' | 'personal' | 'sensitive-personal'
}

/** A rule across items: a SQL boolean expression over item codes; a record for which it is false is rejected. */
export interface RuleDocument {
  readonly name: string
  readonly sql: string
  readonly message?: string
}

export interface SharingDocument {
  readonly type: SharingType
  readonly methods: readonly SharingMethod[]
  /** 使用条件: conditions of use. */
  readonly conditions: string
  /** Required when conditional. */
  readonly scope?: string
  readonly purpose?: string
  /** Required when not shared. */
  readonly reason?: string
  readonly legalBasis?: string
}

export interface SeasonDocument {
  readonly from: string
  readonly to: string
}

export interface CommitmentDocument {
  readonly cycle: CycleCode
  /** Local date from which the promise holds, `YYYY-MM-DD`. Default: 2025-08-01, when Decree 809 came into force. */
  readonly from: string
  readonly timeZone: string
  readonly calendar: string
  /** Local time of day, `HH:MM`, at which a period's data is due; see `freshness`. Default: 08:00. */
  readonly dueTime: string
  /** Calendar days after the end of the period before the due time applies. Default: 1 for daily and longer, else 0. */
  readonly dueAfterDays: number
  readonly grace: { readonly hours?: number; readonly workingDays?: number }
  /** ISO 8601 duration, realtime only: how old the newest record may be. Default: PT1H. */
  readonly maxLag?: string
  /** Stretches of the year, `MM-DD`, both ends included, a period of which is owed. Absent: all year. */
  readonly seasons?: readonly SeasonDocument[]
  /** `check`: a complete look that found nothing new keeps the promise; `change`: new content is owed. */
  readonly satisfiedBy: 'check' | 'change'
}

export interface DatasetDocument {
  /** `[a-z][a-z0-9_]*`: unique over the whole workspace, the name of the table and the view. */
  readonly code: string
  readonly name: string
  /** 资源代码 of the published catalogue, e.g. `307021022100/000009`. */
  readonly resourceCode?: string
  readonly summary?: string
  /** 数据格式 */
  readonly format: 'database' | 'spreadsheet' | 'text' | 'document' | 'image' | 'stream' | 'api'
  readonly sharing: SharingDocument
  /** 数据分类分级 */
  readonly grading: { readonly class: string; readonly level: 'general' | 'important' | 'core' }
  readonly commitment: CommitmentDocument
  readonly items: readonly ItemDocument[]
  readonly rules: readonly RuleDocument[]
  /** Time partitions for event data: by this item, one table per month or day. */
  readonly partition?: { readonly by: string; readonly every: 'day' | 'month' | 'year' }
}

export interface SourceDocument {
  readonly code: string
  readonly name: string
  readonly department: string
  /** Kind of connector. */
  readonly kind: string
  /** Checked against the connector's own schema. */
  readonly config: Readonly<Record<string, unknown>>
  readonly politeness: {
    readonly connections: number
    readonly requestsPerSecond?: number
    /** Local hours in which the source may be read, `20:00-06:00`. */
    readonly hours?: string
    /** ISO 8601 duration over which harvests with a cadence are spread, each at its own place, so that they do not knock at once. */
    readonly jitter?: string
  }
}

/** How one item is filled from a source field. */
export interface ItemMapping {
  /** Source field name, header or JSON path. */
  readonly from: string
  /** Applied in this order before the type is read. */
  readonly normalise: readonly Normalisation[]
  /** Date pattern of the source, e.g. `yyyy年M月d日`, `yyyyMMdd`. */
  readonly format?: string
  /** Code table: source value → value. A value not in it stays as it is. */
  readonly map?: Readonly<Record<string, string>>
  /** What an empty string means. */
  readonly empty: 'null' | 'keep' | 'reject'
  /** Values that mean "no value", e.g. `0000-00-00`, `-`, `无`. */
  readonly nulls: readonly string[]
  /** Multiply a number by this power of ten, e.g. 4 for 万元 → 元. */
  readonly shift?: number
}

export type Normalisation =
  | 'trim' // white space at both ends, full-width space included
  | 'halfwidth' // full-width letters, digits and punctuation to half-width
  | 'upper'
  | 'lower'
  | 'collapse' // runs of white space to one space
  | 'decimal-comma' // 1.234,56 → 1234.56
  | 'thousands' // 1,234.56 → 1234.56
  | 'strip-nul' // remove NUL characters (counted)

export interface HarvestDocument {
  readonly dataset: string
  readonly source: string
  readonly mode: 'snapshot' | 'incremental' | 'append'
  /** What to read: checked against the connector's own schema. */
  readonly read: Readonly<Record<string, unknown>>
  /** By item code. An item that is not named is filled from the field of its own code. */
  readonly items: Readonly<Record<string, ItemMapping>>
  /** incremental, and append where the source has one: the source field that only grows. */
  readonly cursor?: { readonly field: string; readonly lag?: string }
  /** incremental: how often (ISO 8601 duration) a complete snapshot reconciles. */
  readonly reconcile?: string
  readonly deletions: {
    /** Share of the held rows (0-1) beyond which vanished rows park the run for approval. */
    readonly maxShare: number
    /** Never park for fewer vanished rows than this. */
    readonly minRows: number
    /** ISO 8601 duration for which vanished rows stay in the `gone` twin. */
    readonly keep: string
  }
  /** ISO 8601 duration without progress (no byte, no record, no working statement) after which a run is given up. */
  readonly patience?: string
  /** Code of the date item whose newest value says how far the data goes. */
  readonly businessDate?: string
  /** Cron expression; absent: derived from the commitment. */
  readonly cadence?: string
  /** Of slots that passed while nobody could run them, none is run, the latest (default), or all in order. */
  readonly missedSlots?: 'none' | 'latest' | 'all'
  readonly enabled: boolean
}

export type WeekDay = 'monday' | 'tuesday' | 'wednesday' | 'thursday' | 'friday' | 'saturday' | 'sunday'

/** `calendars/<code>.yaml`: a working-day calendar, or what is known better than the notices that guiji brings. */
export interface CalendarDocument {
  readonly code: string
  readonly name?: string
  readonly restDays: readonly WeekDay[]
  /** Years whose notice is out, each taking the place of what guiji brings for it. */
  readonly years: readonly {
    readonly year: number
    readonly notice?: string
    /** `YYYY-MM-DD`, or first and last day joined by `/`. */
    readonly off: readonly string[]
    readonly worked: readonly string[]
  }[]
  readonly changes: readonly { readonly day: string; readonly working: boolean; readonly name?: string }[]
}

/** A delay that a department announced. */
export interface WaiverDocument {
  readonly dataset: string
  /** Labels of periods, see `Period` in `src/freshness`. */
  readonly periods: readonly string[]
  /** `YYYY-MM-DD` (to its end), local `YYYY-MM-DDTHH:MM`, or an instant with offset. Absent: not owed at all. */
  readonly until?: string
  readonly reason: string
  readonly by: string
}

/** A whole validated workspace. Arrays are sorted by code. */
export interface Workspace {
  readonly directory: string
  readonly settings: WorkspaceDocument
  readonly departments: readonly DepartmentDocument[]
  /** Each with the department that owes it. */
  readonly datasets: readonly (DatasetDocument & { readonly department: string })[]
  readonly sources: readonly SourceDocument[]
  readonly harvests: readonly HarvestDocument[]
  /** Absent in a version that was applied before there were any. */
  readonly calendars?: readonly CalendarDocument[]
  readonly waivers?: readonly WaiverDocument[]
}
