/**
 * The accounts of a chunk or a run, in rows:
 *
 *   read       = accepted + rejected + duplicate
 *   accepted   = inserted + updated + unchanged
 *   held_after = held_before + inserted + restored - deleted
 *
 * `restored` counts rows moved back from the `gone` twin; a record that returns as it was is also `unchanged`, one
 * that returns different is also `updated`: so `received = sum(inserted + updated)` counts content that arrived.
 */
export interface Accounts {
  readonly read: bigint
  readonly accepted: bigint
  readonly inserted: bigint
  readonly updated: bigint
  readonly unchanged: bigint
  readonly deleted: bigint
  readonly restored: bigint
  readonly rejected: bigint
  readonly duplicate: bigint
}

export const accountNames = [
  'read',
  'accepted',
  'inserted',
  'updated',
  'unchanged',
  'deleted',
  'restored',
  'rejected',
  'duplicate',
] as const

export const noRows: Accounts = {
  read: 0n,
  accepted: 0n,
  inserted: 0n,
  updated: 0n,
  unchanged: 0n,
  deleted: 0n,
  restored: 0n,
  rejected: 0n,
  duplicate: 0n,
}

/** Accounts from what became of the records; `read` and `accepted` follow. */
export function accountsOf(parts: Partial<Omit<Accounts, 'read' | 'accepted'>>): Accounts {
  const all = { ...noRows, ...parts }
  const accepted = all.inserted + all.updated + all.unchanged
  return { ...all, accepted, read: accepted + all.rejected + all.duplicate }
}

export function addAccounts(left: Accounts, right: Accounts): Accounts {
  const sum: Record<string, bigint> = {}
  for (const name of accountNames) sum[name] = left[name] + right[name]
  return { ...noRows, ...sum }
}

/** The equation that does not hold, in words; undefined when all balance. */
export function imbalance(
  accounts: Accounts,
  held: { readonly before: bigint; readonly after: bigint },
): string | undefined {
  const { read, accepted, rejected, duplicate, inserted, updated, unchanged, restored, deleted } = accounts
  if (read !== accepted + rejected + duplicate)
    return `read ${read} ≠ accepted ${accepted} + rejected ${rejected} + duplicate ${duplicate}`
  if (accepted !== inserted + updated + unchanged)
    return `accepted ${accepted} ≠ inserted ${inserted} + updated ${updated} + unchanged ${unchanged}`
  if (held.after !== held.before + inserted + restored - deleted)
    return `held ${held.after} ≠ ${held.before} + inserted ${inserted} + restored ${restored} − deleted ${deleted}`
  return undefined
}
