import type { Generated } from 'kysely'

/** One incident: something that is wrong, from when it was first seen until it is no more. */
export interface AlertTable {
  id: Generated<bigint>
  /** A code of `catalog-schema/vocabulary/alert-kinds.ts`. */
  kind: string
  /** Kind, cause and source: what belongs to one incident. */
  key: string
  origin: 'check' | 'person'
  source: string | null
  department: string | null
  cause: string | null
  datasets: Generated<string[]>
  note: string | null
  opened_at: Date
  seen_at: Date
  escalated_at: Date | null
  closed_at: Date | null
  closed_by: 'resolved' | 'worsened' | 'person' | null
}

/** One message to one sink, waiting or sent. */
export interface AlertDeliveryTable {
  id: Generated<bigint>
  /** Idempotency key, the same in every attempt. */
  key: Generated<string>
  alert_id: bigint
  sink: string
  event: 'opened' | 'escalated' | 'resolved'
  message: unknown
  state: Generated<'waiting' | 'delivered' | 'given-up'>
  attempts: Generated<number>
  next_at: Date
  delivered_at: Date | null
  error: string | null
}

export interface AlertCheckTable {
  id: Generated<boolean>
  at: Date
}

/** What `guiji verify` found last. */
export interface VerificationTable {
  dataset_id: bigint
  at: Date
  counted: bigint
  held: bigint
  ledger: bigint
  agree: boolean
}
