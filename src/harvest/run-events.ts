import type { Accounts } from './accounts.ts'
import type { RestartReason } from './lifecycle/resumption.ts'

/** What a run says while it works. Counts are decimal strings, instants RFC 3339: the JSON of `--json` as it is. */
export type RunEvent =
  | {
      readonly event: 'started'
      readonly run: string
      readonly dataset: string
      readonly mode: string
      readonly at: string
    }
  | {
      readonly event: 'planned'
      readonly run: string
      readonly dataset: string
      readonly lane: string
      readonly kind: string
      readonly bytes?: number
      readonly declared?: string
    }
  | {
      readonly event: 'progress'
      readonly run: string
      readonly dataset: string
      readonly read: string
      readonly bytes: number
    }
  | {
      /** All records are in: what follows is the store's work. */
      readonly event: 'publishing'
      readonly run: string
      readonly dataset: string
    }
  | ({ readonly event: 'finished' } & RunSummary)

export interface RunSummary extends Readonly<Record<keyof Accounts, string>> {
  readonly dataset: string
  readonly run: string
  readonly state: string
  readonly lane: string | null
  readonly mode: string
  readonly heldBefore: string
  readonly heldAfter: string
  readonly seconds: number
  readonly unchangedBy?: string
  /** The run was lost and gone on with: its first so many chunks, with so many records, were committed before. */
  readonly resumed?: { readonly chunks: number; readonly read: string }
  /** The run began anew in the place of a lost one, and why that was not gone on with. */
  readonly restarted?: { readonly run: string; readonly because: RestartReason }
  readonly cause: string | null
  readonly error?: { readonly code: string; readonly fact: string; readonly hint: string }
}
