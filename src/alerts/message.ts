import type { AlertKind } from '../../catalog-schema/vocabulary/alert-kinds.ts'

export type AlertEvent = 'opened' | 'escalated' | 'resolved'

/** What an incident is about, as it is kept. */
export interface AlertFacts {
  readonly id: bigint
  readonly kind: AlertKind
  readonly source: string | null
  readonly department: string | null
  readonly cause: string | null
  readonly datasets: readonly string[]
  readonly note: string | null
  readonly openedAt: Date
  readonly closedAt: Date | null
}

/**
 * What a sink is given: a title and a text for people, the facts for programs. Counts and ids are decimal strings,
 * instants RFC 3339. A webhook sends it as it is.
 */
export interface AlertMessage {
  readonly event: AlertEvent | 'test'
  readonly alert: string
  readonly kind: string
  readonly severity: string
  /** Article of Decree 809 that makes somebody liable. */
  readonly article?: number
  readonly source: string | null
  readonly department: string | null
  readonly cause: string | null
  readonly datasets: readonly string[]
  readonly openedAt: string
  readonly closedAt: string | null
  readonly title: string
  readonly text: string
}

/** Puts facts into words of the language that the receivers read. */
export type Compose = (facts: AlertFacts, event: AlertEvent) => AlertMessage

/** One message on its way, with the key that makes a second arrival recognisable. */
export interface Parcel {
  readonly key: string
  readonly message: AlertMessage
}

/** A way to reach people. Throws where a message did not arrive; may be asked again with the same key. */
export interface Sink {
  readonly name: string
  deliver(parcel: Parcel, signal: AbortSignal): Promise<void>
}
