import { holdFence, runTotals, writeEntry } from '../../ledger/ledger.ts'
import { loadTable } from '../../store/layout.ts'
import { type Accounts, noRows } from '../accounts.ts'
import type { KnownRecords } from '../known/known-records.ts'
import { dropPages } from '../known/listing-pages.ts'
import type { PageOrder } from '../known/page-order.ts'
import type { FoundRecord } from '../recover-raw.ts'
import type { Rejections } from '../rejections.ts'
import { inTransaction } from '../transaction.ts'
import { applyDelta } from './apply-delta.ts'
import { closeRejects } from './close-rejects.ts'
import { rejectConflicts } from './conflicts.ts'
import { settleContested } from './contested.ts'
import { holdOf, park } from './hold.ts'
import { keepListingOrder } from './listing-order.ts'
import { publish } from './publish.ts'
import { buildIdentity, swapIn } from './publish-fresh.ts'
import { refuseMisfits } from './refuse.ts'
import type { Hold, Settlement } from './settlement.ts'
import { findVanished, unseenTable, vanishedTable, writeUnseen } from './vanished.ts'

export interface Reading {
  readonly rejections: Rejections
  /** What was known before the run, with what was seen of it; absent where nothing was compared. */
  readonly known?: KnownRecords
  /** The order of the listing beside the one before. */
  readonly order?: PageOrder
  /** Reads the source once more for these records. */
  readonly find: (digests: readonly bigint[]) => Promise<ReadonlyMap<bigint, FoundRecord>>
}

/** Settles and publishes a loaded run in one transaction, or parks it. Analysts see all of it or nothing. */
export async function settle(settlement: Settlement, reading: Reading): Promise<Hold | undefined> {
  return await inTransaction(settlement.client, async () => {
    await markPublishing(settlement)
    if (settlement.end.kind === 'fresh') {
      if (!(await settleFresh(settlement, reading))) return undefined
    } else if (settlement.end.mode === 'snapshot') {
      const end = await settleSnapshot(settlement, reading)
      if (end !== 'applied') return end === 'refused' ? undefined : end
    } else {
      await writeRejects(settlement, reading.rejections)
      if (await refuseMisfits(settlement)) return undefined
      await closeRejects(settlement, [])
      const totals = await runTotals(settlement.client, settlement.runId)
      await settlement.times.of('apply', () => applyDelta(settlement, totals, 0n))
    }
    await publish(settlement)
    await keepListingOrder(settlement, reading.order)
    await dropStage(settlement)
    return undefined
  })
}

/** Publishes a parked run after a person approved it; what vanished was found when it was parked. */
export async function settleApproved(settlement: Settlement): Promise<void> {
  await inTransaction(settlement.client, async () => {
    await markPublishing(settlement)
    const { rows } = await settlement.client.query<{ count: bigint }>(
      `select count(*) as count from ${vanishedTable(settlement.runId)}`,
    )
    await applyWithDeletions(settlement, rows[0]?.count ?? 0n)
    await publish(settlement)
    await dropPages(settlement.client, settlement.runId)
    await dropStage(settlement)
  })
}

/** Takes the run through the fence; from here to the commit nobody else can take it. */
async function markPublishing({ client, runId, fence, dataset }: Settlement): Promise<void> {
  await holdFence(client, { runId, fence, dataset: dataset.code })
  await client.query(`update guiji.run set state = 'publishing' where id = $1`, [runId])
}

/** False: the run was refused. */
async function settleFresh(settlement: Settlement, reading: Reading): Promise<boolean> {
  if (!(await settlement.times.of('index', () => buildIdentity(settlement)))) {
    for (const rejection of await settleContested(settlement, reading.find)) reading.rejections.add(rejection)
    await buildIdentity(settlement)
  }
  await writeRejects(settlement, reading.rejections)
  if (await refuseMisfits(settlement)) return false
  if (settlement.end.mode === 'snapshot') await closeRejects(settlement, [])
  await swapIn(settlement)
  return true
}

async function settleSnapshot(
  settlement: Settlement,
  reading: Reading,
): Promise<Hold | 'applied' | 'refused'> {
  const { client, runId, times } = settlement
  const begun = performance.now()
  await writeUnseen(client, runId, reading.known?.unseen() ?? [])
  await client.query(`analyze ${loadTable(runId)} (_action, _held)`)
  await rejectConflicts(settlement, reading.rejections)
  await writeRejects(settlement, reading.rejections)
  if (await refuseMisfits(settlement)) return 'refused'
  await closeRejects(settlement, [...(reading.known?.metRejects() ?? [])])
  const vanished = await findVanished(settlement)
  times.add('settle', performance.now() - begun)
  const hold = holdOf(settlement, await runTotals(client, runId), vanished)
  if (hold !== undefined) {
    await park(settlement, hold)
    return hold
  }
  await applyWithDeletions(settlement, vanished)
  return 'applied'
}

async function applyWithDeletions(settlement: Settlement, vanished: bigint): Promise<void> {
  const totals: Accounts = await runTotals(settlement.client, settlement.runId)
  await settlement.times.of('apply', () => applyDelta(settlement, totals, vanished))
  if (vanished === 0n) return
  await writeEntry(settlement.client, {
    runId: settlement.runId,
    fence: settlement.fence,
    datasetId: settlement.datasetId,
    dataset: settlement.dataset.code,
    chunk: settlement.end.chunks + 1,
    kind: 'settle',
    bytes: 0,
    accounts: { ...noRows, deleted: vanished },
  })
}

async function writeRejects(settlement: Settlement, rejections: Rejections): Promise<void> {
  const { client, runId, datasetId, end, now } = settlement
  await rejections.write(client, { id: runId, datasetId, seed: end.seed, now })
}

async function dropStage({ client, runId }: Settlement): Promise<void> {
  await client.query(
    `drop table if exists ${loadTable(runId)}, ${unseenTable(runId)}, ${vanishedTable(runId)}`,
  )
}
