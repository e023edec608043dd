import type pg from 'pg'
import type { DatasetDocument, HarvestDocument } from '../../catalog-schema/documents/documents.ts'
import type { Listing } from '../connector.ts'
import type { Layout } from '../store/layout.ts'
import type { Check } from './checks.ts'
import type { RecordEncoder } from './encode/record-encoder.ts'
import type { LaneChoice } from './lanes.ts'
import type { Pulse } from './lifecycle/held-run.ts'
import type { LoadKind } from './load-tables.ts'
import type { Rejections } from './rejections.ts'
import type { StageTimes } from './stage-times.ts'

/** What every step of one run shares. Nothing in it changes after the plan, `rejections` apart. */
export interface RunContext {
  /** The run's own connection: its transactions, its temporary tables, its claim. */
  readonly client: pg.PoolClient
  readonly runId: bigint
  readonly fence: bigint
  readonly datasetId: bigint
  readonly dataset: DatasetDocument
  readonly harvest: HarvestDocument
  readonly layout: Layout
  readonly listing: Listing
  readonly encoder: RecordEncoder
  readonly checks: readonly Check[]
  readonly choice: LaneChoice
  readonly kind: LoadKind
  /** `snapshot`: what is not in the listing has vanished. */
  readonly mode: 'snapshot' | 'incremental' | 'append'
  readonly seed: string
  /** The stored digests were made under another seed: rows are compared by content. */
  readonly reseeded: boolean
  readonly heldBefore: bigint
  readonly rejections: Rejections
  readonly times: StageTimes
  readonly clock: () => number
  readonly pulse: Pulse
}

export function keyItems(context: RunContext): readonly string[] {
  return context.layout.keyed ? context.layout.identity : []
}
