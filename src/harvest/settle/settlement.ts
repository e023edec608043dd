import type pg from 'pg'
import type { DatasetDocument, HarvestDocument } from '../../../catalog-schema/documents/documents.ts'
import type { Layout } from '../../store/layout.ts'
import type { LoadKind } from '../load-tables.ts'
import type { StageTimes } from '../stage-times.ts'

/**
 * What a loaded run needs to be settled and published. All of it can be rebuilt from the control tables, so that a
 * parked run is settled later, by another process, with nothing but the store.
 */
export interface Settlement {
  readonly client: pg.ClientBase
  readonly runId: bigint
  readonly fence: bigint
  readonly datasetId: bigint
  readonly dataset: DatasetDocument & { readonly department: string }
  readonly harvest: HarvestDocument
  readonly layout: Layout
  readonly now: Date
  readonly times: StageTimes
  readonly end: LoadEnd
}

/** How the loading ended; kept with the run as JSON. */
export interface LoadEnd {
  readonly kind: LoadKind
  readonly mode: 'snapshot' | 'incremental' | 'append'
  readonly seed: string
  readonly reseeded: boolean
  /** Rows held when the run began, as text. */
  readonly heldBefore: string
  /** Next free chunk number, for entries the settlement writes. */
  readonly chunks: number
  readonly startedAt: string
  readonly token?: string
  readonly cursor?: string
  readonly publishedAt?: string
  readonly publishedBy?: string
}

/** Why a run is parked until a person decides. */
export interface Hold {
  readonly cause: 'awaiting-approval' | 'source-wrong:empty'
  readonly vanished: bigint
  readonly held: bigint
}
