/** The published list as data: what a department owes, where it lies, and how its synthetic content comes about. */
import type { ItemDocument, SharingDocument } from '../../../catalog-schema/documents/documents.ts'

/** One record being written. The generator reuses one object for all rows of a dataset. */
export interface Row {
  /** Counts from 0; the identity of the record for ever. */
  ordinal: number
  /** How often the record was changed since it came into being. */
  version: number
  /** Day number (1 = first day) of the last change; 0 or less: before the first day. */
  changedOn: number
  /** 32 bits that depend on dataset and ordinal only. */
  hash: number
  /** Number of the person, company and vehicle the record is about; see `generator/subjects.ts`. */
  person: number
  company: number
}

/** The text a record shows in a field, `''` for no value. `hash` differs from field to field. */
export type Write = (row: Row, hash: number) => string

/** One item of the list with the source field that fills it. Short: absent means the default of the documents. */
export interface Item
  extends Pick<ItemDocument, 'code' | 'name' | 'type'>,
    Partial<Omit<ItemDocument, 'code' | 'name' | 'type'>> {
  /** Column of the source system, mostly pinyin initials as real systems have. */
  readonly field: string
  /** Code table of the source: source value → value. */
  readonly map?: Readonly<Record<string, string>>
  /** The source counts in 10^shift, e.g. 4 for 万元. */
  readonly shift?: number
  readonly write: Write
}

export type DateStyle = 'iso' | 'chinese' | 'compact' | 'slash'

/** One system of a department from which datasets are read. */
export type System =
  | { readonly kind: 'postgres'; readonly name: string; readonly database: string; readonly user: string }
  | {
      readonly kind: 'csv'
      readonly name: string
      readonly encoding: 'utf-8' | 'gb18030'
      readonly dates: DateStyle
      readonly delimiter?: string
    }
  | { readonly kind: 'json'; readonly name: string; readonly layout: 'lines' | 'array' }
  | { readonly kind: 'excel'; readonly name: string }
  | {
      readonly kind: 'http-json'
      readonly name: string
      readonly auth: 'bearer' | 'key' | 'hmac'
      readonly paging: 'page' | 'offset' | 'cursor'
      readonly requestsPerSecond: number
    }

export type SystemKey = 'db' | 'drop' | 'lines' | 'books' | 'api'

/** Who or what every record of the dataset is about, once: its key items come from there. */
export type Subject = 'resident' | 'adult' | 'child' | 'baby' | 'elder' | 'company'

/** Records per 10,000 that are wrong in one way; see `generator/dirt.ts`. */
export type DirtRates = Readonly<Partial<Record<DirtKind, number>>>
export type DirtKind = RejectKind | 'duplicate'
export type RejectKind = 'type' | 'semantic' | 'required' | 'pattern' | 'enum' | 'ragged' | 'key-conflict'

export interface DatasetEntry {
  readonly code: string
  readonly name: string
  /** 更新周期, as the list says it. */
  readonly cycle: string
  readonly system: SystemKey
  /** Table, file or resource in that system. */
  readonly thing: string
  /** Records on the first day at the default scale. */
  readonly rows: number
  readonly items: readonly Item[]
  readonly summary?: string
  readonly sharing?: SharingDocument
  readonly each?: Subject
  /** Subjects start here, so that lists about the same kind overlap only partly. */
  readonly offset?: number
  readonly mode?: 'snapshot' | 'incremental' | 'append'
  /** Never changes; real data and things done once. */
  readonly still?: boolean
  /** `rows` is not scaled. */
  readonly fixed?: boolean
  readonly dirt?: DirtRates
}

export interface Department {
  readonly code: string
  readonly name: string
  readonly sharing: SharingDocument
  readonly systems: Readonly<Partial<Record<SystemKey, System>>>
  readonly datasets: readonly DatasetEntry[]
}

/** A dataset with everything derived that the generator and the writers need. */
export interface Dataset extends DatasetEntry {
  readonly department: Department
  readonly source: System
  readonly sourceCode: string
  readonly mode: 'snapshot' | 'incremental' | 'append'
  readonly resourceCode: string
  /** Seed of every hash of this dataset. */
  readonly seed: number
}
