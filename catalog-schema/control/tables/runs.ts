import type { Generated } from 'kysely'

export type RunState =
  | 'queued'
  | 'running'
  | 'publishing'
  | 'awaiting-approval'
  | 'succeeded'
  | 'partial'
  | 'failed'
  | 'cancelled'
  | 'refused'
  | 'lost'

/** Row counts of a chunk or a run; see the accounts in ARCHITECTURE.md. */
export interface Counts {
  read: Generated<bigint>
  accepted: Generated<bigint>
  inserted: Generated<bigint>
  updated: Generated<bigint>
  unchanged: Generated<bigint>
  deleted: Generated<bigint>
  restored: Generated<bigint>
  rejected: Generated<bigint>
  duplicate: Generated<bigint>
}

export interface RunTable extends Counts {
  id: Generated<bigint>
  harvest_id: bigint
  dataset_id: bigint
  slot_at: Date | null
  state: RunState
  mode: string
  lane: string | null
  worker: string | null
  /** Rises each time another worker takes the run; every write checks it. */
  fence: Generated<bigint>
  lease_until: Date | null
  started_at: Date
  finished_at: Date | null
  declared: bigint | null
  held_before: bigint | null
  held_after: bigint | null
  bytes: Generated<bigint>
  complete: boolean | null
  unchanged_by: string | null
  plan: unknown
  profile: unknown
  cause: string | null
  error: unknown
  /** When it was loaded and began to wait for a person; stays after the decision. */
  parked_at: Date | null
  parked_for: string | null
}

export interface LedgerTable extends Counts {
  id: Generated<bigint>
  run_id: bigint
  dataset_id: bigint
  chunk: number
  kind: 'chunk' | 'settle' | 'correction'
  at: Generated<Date>
  bytes: Generated<bigint>
  place: unknown
  /** Of the digests of the chunk's records, in their order. */
  digest: bigint | null
}

/** A run under way: alive until when, and what was asked of it. */
export interface LeaseTable {
  run_id: bigint
  fence: bigint
  until: Date
  progressed_at: Date
  cancel_at: Date | null
  cancel_by: string | null
}

export interface PublicationTable {
  id: Generated<bigint>
  run_id: bigint
  dataset_id: bigint
  at: Date
  held_after: bigint
  received_after: bigint
}

export interface DatasetStateTable {
  dataset_id: bigint
  held: Generated<bigint>
  received: Generated<bigint>
  open_rejects: Generated<bigint>
  published_run: bigint | null
  source_published_at: Date | null
  last_checked_at: Date | null
  last_changed_at: Date | null
  loaded_at: Date | null
  visible_at: Date | null
  complete_through: Date | null
  /** Where three of the clocks come from; see `src/freshness/clocks.ts`. */
  published_by: string | null
  checked_by: string | null
  complete_by: string | null
  last_snapshot_at: Date | null
  token: string | null
  cursor: string | null
  seed: string | null
  /** Ledger entries of published runs, ever, and what they add up to. */
  entries: Generated<bigint>
  inserted: Generated<bigint>
  updated: Generated<bigint>
  deleted: Generated<bigint>
  restored: Generated<bigint>
  /** Judged occurrences that were kept, of those owed. */
  kept: Generated<bigint>
  owed: Generated<bigint>
  /** How long the last complete runs took, newest first. */
  recent_seconds: Generated<number[]>
}

/** The run under way of a dataset that has one. */
export interface ActiveRunTable {
  dataset_id: bigint
  run_id: bigint
  started_at: Date
}

/** A run that waits for approval. */
export interface ParkedRunTable {
  run_id: bigint
  dataset_id: bigint
}

export interface RejectTable {
  id: Generated<bigint>
  dataset_id: bigint
  digest: bigint
  reason: string
  column_name: string | null
  value: string | null
  message: string
  place: unknown
  raw: Buffer
  /** Key values as text; null where the record's key could not be read. */
  key: string[] | null
  seed: string
  first_run: bigint
  last_run: bigint
  first_at: Date
  last_at: Date
  closed_run: bigint | null
  closed_at: Date | null
}

export interface DoubtTable {
  dataset_id: bigint
  digest: bigint
  run_id: bigint
}
