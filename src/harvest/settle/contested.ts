import { writeEntry } from '../../ledger/ledger.ts'
import { quote } from '../../store/identifiers.ts'
import { columnList, digestColumn, loadTable } from '../../store/layout.ts'
import { noRows } from '../accounts.ts'
import type { FoundRecord } from '../recover-raw.ts'
import type { Rejection } from '../rejections.ts'
import { conflictIssue } from '../stage-rows.ts'
import type { Settlement } from './settlement.ts'

/** One form of a record whose key the load has more than once. */
interface Form {
  /** The same for all forms of one key. */
  readonly rival: bigint
  readonly digest: bigint
  readonly key: readonly string[]
  /** How often the load has exactly this record. */
  readonly copies: bigint
}

/**
 * Leaves of each key that a first load has more than once only the record that the source gives first. Copies of it
 * are duplicates; every other form is rejected with its bytes, which `find` reads from the source once more, together
 * with the order: the table itself does not keep it.
 */
export async function settleContested(
  settlement: Settlement,
  find: (digests: readonly bigint[]) => Promise<ReadonlyMap<bigint, FoundRecord>>,
): Promise<Rejection[]> {
  const rivals = Map.groupBy(await contestedForms(settlement), (form) => form.rival)
  const disputed = [...rivals.values()].filter((forms) => forms.length > 1).flat()
  const found = disputed.length === 0 ? new Map() : await find(disputed.map((form) => form.digest))
  const rejections: Rejection[] = []
  let duplicate = 0n
  for (const forms of rivals.values()) {
    const [, ...losers] = forms.toSorted((left, right) => orderOf(found, left) - orderOf(found, right))
    for (const form of forms) duplicate += form.copies - 1n
    for (const loser of losers) rejections.push(rejectionOf(loser, found.get(loser.digest)))
  }
  await remove(settlement, rejections)
  await correct(settlement, BigInt(rejections.length), duplicate)
  return rejections
}

function orderOf(found: ReadonlyMap<bigint, FoundRecord>, form: Form): number {
  return found.get(form.digest)?.order ?? 0
}

function rejectionOf({ digest, key }: Form, record: FoundRecord | undefined): Rejection {
  if (record === undefined) throw new Error('every disputed record was found')
  const { raw, place } = record
  return { digest, issue: conflictIssue(key.join(', ')), place, raw, key }
}

async function contestedForms({ client, layout, runId }: Settlement): Promise<Form[]> {
  const identity = columnList(layout.identity)
  const digest = quote(digestColumn)
  const texts = layout.identity.map((name) => `min(f.${quote(name)}::text)`).join(', ')
  const { rows } = await client.query<Form>(
    `select f.rival, f.${digest} as digest, array[${texts}] as key, count(*) as copies
     from (select ${columnList([...new Set([...layout.identity, digestColumn])])}, dense_rank() over (order by ${identity}) as rival,
         count(*) over (partition by ${identity}) as rivals from ${loadTable(runId)}) f
     where f.rivals > 1 group by f.rival, f.${digest}`,
  )
  return rows
}

/** Takes out the losers, and all but one of each record that is there more than once. */
async function remove({ client, runId }: Settlement, losers: readonly Rejection[]): Promise<void> {
  const digest = quote(digestColumn)
  await client.query(`delete from ${loadTable(runId)} where ${digest} = any ($1::bigint[])`, [
    losers.map((loser) => loser.digest),
  ])
  await client.query(
    `delete from ${loadTable(runId)} l using (
       select ctid as id, row_number() over (partition by ${digest}) as copy from ${loadTable(runId)}) copies
     where l.ctid = copies.id and copies.copy > 1`,
  )
}

async function correct(settlement: Settlement, rejected: bigint, duplicate: bigint): Promise<void> {
  const count = rejected + duplicate
  await writeEntry(settlement.client, {
    runId: settlement.runId,
    fence: settlement.fence,
    datasetId: settlement.datasetId,
    dataset: settlement.dataset.code,
    chunk: settlement.end.chunks,
    kind: 'correction',
    bytes: 0,
    accounts: { ...noRows, accepted: -count, inserted: -count, rejected, duplicate },
  })
}
