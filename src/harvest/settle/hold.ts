import type { Accounts } from '../accounts.ts'
import { countOpenRejects } from '../run-record.ts'
import type { Hold, Settlement } from './settlement.ts'

/**
 * Whether a person must look before this is published: an empty answer from a source that had rows, or more rows
 * vanished than the harvest allows (`deletions.maxShare` of what is held, but never for fewer than `minRows`).
 */
export function holdOf(settlement: Settlement, totals: Accounts, vanished: bigint): Hold | undefined {
  const held = BigInt(settlement.end.heldBefore)
  if (held > 0n && totals.read === 0n) return { cause: 'source-wrong:empty', vanished, held }
  const { maxShare, minRows } = settlement.harvest.deletions
  const share = held === 0n ? 0 : Number((vanished * 1_000_000n) / held) / 1_000_000
  return share > maxShare && vanished > BigInt(minRows)
    ? { cause: 'awaiting-approval', vanished, held }
    : undefined
}

/** Leaves the run as it is loaded, unpublished, until it is approved, refused or overtaken by a later run. */
export async function park(settlement: Settlement, hold: Hold): Promise<void> {
  const { client, runId, now, end, fence } = settlement
  await client.query(
    `update guiji.run set state = 'awaiting-approval', cause = $2, parked_for = $2, finished_at = $3, parked_at = $3,
       complete = true,
       held_after = held_before, plan = coalesce(plan, '{}') || jsonb_build_object('end', $4::jsonb, 'hold', $5::jsonb)
     where id = $1 and fence = $6`,
    [
      runId,
      hold.cause,
      now,
      JSON.stringify(end),
      JSON.stringify({ vanished: String(hold.vanished), held: String(hold.held) }),
      fence,
    ],
  )
  await countOpenRejects(client, runId)
}
