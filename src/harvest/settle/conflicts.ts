import type { Place } from '../../connector.ts'
import { writeEntry } from '../../ledger/ledger.ts'
import { quote } from '../../store/identifiers.ts'
import { digestColumn, type Layout, loadTable } from '../../store/layout.ts'
import { noRows } from '../accounts.ts'
import type { Rejections } from '../rejections.ts'
import { conflictIssue } from '../stage-rows.ts'
import type { Settlement } from './settlement.ts'
import { unseenTable } from './vanished.ts'

/**
 * A staged change to a row whose stored form was in the same listing too: the key occurs twice with different
 * content. The form that is held stays; the other is rejected, and a correction moves it from updated to rejected.
 */
export async function rejectConflicts(settlement: Settlement, rejections: Rejections): Promise<number> {
  const { client, runId, layout, end } = settlement
  if (end.mode !== 'snapshot' || end.reseeded || end.kind === 'fresh') return 0
  const table = loadTable(runId)
  const { rows } = await client.query<{ digest: bigint; raw: Buffer; place: Place; key: string[] }>(
    `delete from ${table} c
     where c._action = 'u' and c._held not in (select digest from ${unseenTable(runId)})
     returning c.${quote(digestColumn)} as digest, c._raw as raw, c._place as place,
       ${keyTexts(layout)} as key`,
  )
  let rejected = 0n
  for (const row of rows) {
    const { digest, place, raw, key } = row
    const rejection = { digest, issue: conflictIssue(key.join(', ')), place, raw, key }
    if (rejections.add(rejection)) rejected += 1n
  }
  const count = BigInt(rows.length)
  const copies = await takeCopies(settlement)
  if (count + copies > 0n) await correct(settlement, { count, rejected, copies })
  return rows.length
}

/** Staged records that are, byte for byte, what the listing had before and the store holds: duplicates. */
async function takeCopies({ client, runId }: Settlement): Promise<bigint> {
  const { rowCount } = await client.query(
    `delete from ${loadTable(runId)} c
     where c._action = '=' and c._held not in (select digest from ${unseenTable(runId)})`,
  )
  return BigInt(rowCount ?? 0)
}

/** Moves `count` records from `updated` to rejected or duplicate, and `copies` from `unchanged` to duplicate. */
async function correct(
  settlement: Settlement,
  { count, rejected, copies }: { readonly count: bigint; readonly rejected: bigint; readonly copies: bigint },
): Promise<void> {
  await writeEntry(settlement.client, {
    runId: settlement.runId,
    fence: settlement.fence,
    datasetId: settlement.datasetId,
    dataset: settlement.dataset.code,
    chunk: settlement.end.chunks,
    kind: 'correction',
    bytes: 0,
    accounts: {
      ...noRows,
      accepted: -(count + copies),
      updated: -count,
      unchanged: -copies,
      rejected,
      duplicate: count - rejected + copies,
    },
  })
}

function keyTexts(layout: Layout): string {
  return `array[${layout.identity.map((name) => `c.${quote(name)}::text`).join(', ')}]`
}
