import type pg from 'pg'
import { GuijiError } from '../errors/guiji-error.ts'
import { type Accounts, accountNames } from '../harvest/accounts.ts'

export interface Entry {
  readonly runId: bigint
  readonly fence: bigint
  readonly datasetId: bigint
  readonly dataset: string
  readonly chunk: number
  readonly kind: 'chunk' | 'settle' | 'correction'
  readonly accounts: Accounts
  readonly bytes: number
  readonly place?: unknown
  /** Of the digests of the chunk's records, in their order. */
  readonly digest?: bigint
}

/** How long a run may be silent before another worker may take it. */
export const leaseSeconds = 120

/**
 * Writes one balanced entry and carries it into the run's totals, in the caller's transaction: the rows, their
 * entry and the totals commit together or not at all. A run whose fence has moved on writes nothing.
 */
export async function writeEntry(client: pg.ClientBase, entry: Entry): Promise<void> {
  const sums = accountNames.map((name, at) => `${name} = ${name} + $${at + 4}`).join(', ')
  const values = accountNames.map((name) => entry.accounts[name])
  const held = await client.query(
    `update guiji.run set ${sums}, bytes = bytes + $3, lease_until = now() + interval '${leaseSeconds} seconds'
     where id = $1 and fence = $2 and state in ('running', 'publishing')`,
    [entry.runId, entry.fence, entry.bytes, ...values],
  )
  if (held.rowCount !== 1) throw new GuijiError('RUN_FENCED', { run: entry.runId, dataset: entry.dataset })
  await client.query(
    `insert into guiji.ledger (run_id, dataset_id, chunk, kind, bytes, place, digest, ${accountNames.join(', ')})
     values ($1, $2, $3, $4, $5, $6, $7, ${accountNames.map((_, at) => `$${at + 8}`).join(', ')})`,
    [
      entry.runId,
      entry.datasetId,
      entry.chunk,
      entry.kind,
      entry.bytes,
      entry.place === undefined ? null : JSON.stringify(entry.place),
      entry.digest ?? null,
      ...values,
    ],
  )
}

/** Fails unless this process still owns the run; until the transaction ends nobody else can take it. */
export async function holdFence(
  client: pg.ClientBase,
  run: { readonly runId: bigint; readonly fence: bigint; readonly dataset: string },
): Promise<void> {
  const held = await client.query(
    `update guiji.run set lease_until = now() + interval '${leaseSeconds} seconds'
     where id = $1 and fence = $2 and state in ('running', 'publishing')`,
    [run.runId, run.fence],
  )
  if (held.rowCount !== 1) throw new GuijiError('RUN_FENCED', { run: run.runId, dataset: run.dataset })
}

/** The totals of a run as the ledger has them. */
export async function runTotals(client: pg.ClientBase, runId: bigint): Promise<Accounts> {
  const { rows } = await client.query<Accounts>(
    `select ${accountNames.map((name) => `coalesce(sum(${name}), 0)::bigint as ${name}`).join(', ')}
     from guiji.ledger where run_id = $1`,
    [runId],
  )
  const row = rows[0]
  if (row === undefined) throw new Error('an aggregate without a group always gives a row')
  return row
}
