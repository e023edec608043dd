import { GuijiError } from '../../errors/guiji-error.ts'
import { holdFence, runTotals } from '../../ledger/ledger.ts'
import { type Accounts, noRows } from '../accounts.ts'
import { halvesOf } from '../known/halves.ts'
import type { KnownRecords } from '../known/known-records.ts'
import { dropPages } from '../known/listing-pages.ts'
import { createLoadTable } from '../load-tables.ts'
import type { RunContext } from '../run-context.ts'
import { inTransaction } from '../transaction.ts'
import { readSpans } from './checkpoint.ts'
import { RestartRun, Resumption } from './resumption.ts'

/** Where a run begins to load: at nothing, or behind what it had committed before it was lost. */
export interface Beginning {
  readonly accounts: Accounts
  readonly bytes: number
  /** Next free chunk number. */
  readonly chunks: number
  readonly resumption: Resumption
}

export async function beginAtNothing(context: RunContext): Promise<Beginning> {
  const { client, runId, fence, layout, kind } = context
  await inTransaction(client, async () => {
    await holdFence(client, { runId, fence, dataset: context.dataset.code })
    await createLoadTable(client, runId, layout, kind)
  })
  return { accounts: noRows, bytes: 0, chunks: 0, resumption: await Resumption.over([]) }
}

/**
 * Goes on with what a lost run had committed. What the run knew in memory is known again: which stored records its
 * listing had so far, and which records it had rejected.
 *
 * @throws RestartRun where nothing was committed
 */
export async function beginAgain(context: RunContext, known: KnownRecords | undefined): Promise<Beginning> {
  const { client, runId, rejections } = context
  const spans = await readSpans(client, runId)
  if (spans === undefined || spans.length === 0) throw new RestartRun('nothing-kept')
  for (const digest of await rejectedDigests(context)) rejections.addKnown(digest)
  const passed = (digests: BigInt64Array) => {
    for (const at of known?.see(halvesOf(digests)).rejected ?? []) rejections.addKnown(digests[at] ?? 0n)
  }
  // Its order is followed from the beginning once more, and makes its pages anew.
  if (known !== undefined) await dropPages(client, runId)
  await noteResumed(context, spans.length)
  return {
    accounts: await runTotals(client, runId),
    bytes: spans.reduce((sum, span) => sum + span.bytes, 0),
    chunks: Math.max(...spans.map((span) => span.chunk)) + 1,
    resumption: await Resumption.over(spans, passed),
  }
}

/** What the run had rejected itself; what it met of earlier rejects is met again while it reads. */
async function rejectedDigests({ client, datasetId, runId }: RunContext): Promise<bigint[]> {
  const { rows } = await client.query<{ digest: bigint }>(
    'select digest from guiji.reject where dataset_id = $1 and last_run = $2 and closed_at is null',
    [datasetId, runId],
  )
  return rows.map((row) => row.digest)
}

/** On record with the run: from where on it was gone on with. */
async function noteResumed({ client, runId, fence, dataset }: RunContext, chunks: number): Promise<void> {
  const { rowCount } = await client.query(
    `update guiji.run set plan = plan || jsonb_build_object('resumed',
       jsonb_build_object('chunks', $3::int, 'read', read::text))
     where id = $1 and fence = $2 and state = 'running'`,
    [runId, fence, chunks],
  )
  if (rowCount !== 1) throw new GuijiError('RUN_FENCED', { run: runId, dataset: dataset.code })
}
