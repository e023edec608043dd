import type { AlertKind } from '../../catalog-schema/vocabulary/alert-kinds.ts'

/** Something that is wrong now. Datasets with one cause and one source are one condition, and one message. */
export interface Condition {
  readonly kind: AlertKind
  readonly source: string | null
  /** Where no source is to blame. */
  readonly department: string | null
  /** A code of `catalog-schema/vocabulary/causes.ts`. */
  readonly cause: string | null
  readonly datasets: readonly string[]
}

/** What makes two conditions the same incident. */
export function keyOf({ kind, source, department, cause }: Condition): string {
  return JSON.stringify([kind, source, department, cause])
}

/** Each is worse than the one before: what went from one to the next was not solved. */
const ladder: readonly string[] = ['promise-at-risk', 'promise-late', 'promise-missed']

/** Whether what an incident was about has become worse, so that its end is no good news. */
export function isWorse(
  { kind, datasets }: { readonly kind: string; readonly datasets: readonly string[] },
  now: readonly Condition[],
): boolean {
  const step = ladder.indexOf(kind)
  if (step < 0) return false
  return now.some(
    (condition) =>
      ladder.indexOf(condition.kind) > step && condition.datasets.some((code) => datasets.includes(code)),
  )
}
