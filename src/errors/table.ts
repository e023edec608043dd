/** The languages guiji speaks. */
export type Language = 'en' | 'zh'

/** What the caller may do: try again later, pass over this piece and go on, or stop and tell a person. */
export type Recovery = 'retry' | 'skip' | 'abort'

/**
 * Why an owed occurrence is not kept. One code each; `catalog-schema/vocabulary/causes.ts` holds their titles.
 */
export type Cause =
  | 'not-published'
  | 'source-unreachable:dns'
  | 'source-unreachable:tls'
  | 'source-unreachable:refused'
  | 'source-unreachable:timeout'
  | 'source-unreachable:blocked'
  | 'source-unreachable:credential'
  | 'source-wrong:schema'
  | 'source-wrong:truncated'
  | 'source-wrong:empty'
  | 'source-wrong:content'
  | 'held-by-checks'
  | 'awaiting-approval'
  | 'platform-did-not-run'
  | 'platform-failed'
  | 'waived'
  | 'calendar-unknown'

/** One row of the table of errors; `{name}` in the texts is filled from the error's details. */
export interface ErrorEntry {
  readonly recovery: Recovery
  readonly cause?: Cause
  readonly en: { readonly fact: string; readonly hint: string }
  readonly zh: { readonly fact: string; readonly hint: string }
}
