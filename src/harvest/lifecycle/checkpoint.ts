import { createHash } from 'node:crypto'
import type pg from 'pg'
import type { Listing } from '../../connector.ts'
import { GuijiError } from '../../errors/guiji-error.ts'
import type { RunPlan } from '../plan.ts'
import type { RunContext } from '../run-context.ts'
import type { HarvestTarget } from '../target.ts'

/** What a run loads on, kept with it as JSON: only a run that would load on the same may go on with it. */
export interface Checkpoint {
  /** Of the documents, the state of the dataset and what is asked of the source. */
  readonly basis: string
  /** `fresh` or `delta`. */
  readonly kind: string
  /** Of list, mapping and what the listing says of its records: digests made under another one say nothing. */
  readonly seed: string
  /** What the listing announced, where it announces anything. */
  readonly bytes?: number
  readonly declared?: string
}

/** One committed chunk: `count` records from position `at` of the listing on, and the digest of theirs. */
export interface Span {
  readonly chunk: number
  readonly at: bigint
  readonly count: bigint
  readonly digest: bigint
  readonly bytes: number
}

/**
 * Digest of all that decides, before the source is asked, what a run does with its records. `standing` is a mark of
 * what the dataset holds.
 */
export function basisOf(
  { dataset, harvest, source }: HarvestTarget,
  plan: RunPlan,
  standing: string,
): string {
  const { mode, request } = plan
  const parts = [dataset, harvest, source.kind, source.config, standing, plan.seed, mode, request]
  return createHash('sha256').update(JSON.stringify(parts)).digest('hex').slice(0, 32)
}

/** Writes down, before the first chunk, what the run loads on, and its lane. Fails where the run was taken over. */
export async function writeCheckpoint(context: RunContext, basis: string): Promise<void> {
  const { client, runId, fence, listing, choice } = context
  const { rowCount } = await client.query(
    `update guiji.run set lane = $3, declared = $4,
       plan = coalesce(plan, '{}') || jsonb_build_object('checkpoint', $5::jsonb)
     where id = $1 and fence = $2 and state = 'running'`,
    [runId, fence, choice.lane, listing.declared ?? null, JSON.stringify(checkpointOf(context, basis))],
  )
  if (rowCount !== 1) throw new GuijiError('RUN_FENCED', { run: runId, dataset: context.dataset.code })
}

function checkpointOf({ kind, seed, listing }: RunContext, basis: string): Checkpoint {
  return { basis, kind, seed, ...announced(listing) }
}

function announced({ bytes, declared }: Listing) {
  return {
    ...(bytes === undefined ? {} : { bytes }),
    ...(declared === undefined ? {} : { declared: String(declared) }),
  }
}

/** Whether the source, asked anew, at once shows that it is not what it was; its records tell the rest. */
export function showsOther(checkpoint: Checkpoint, context: RunContext): boolean {
  const now = checkpointOf(context, checkpoint.basis)
  const same = (['kind', 'seed', 'bytes', 'declared'] as const).every(
    (name) => checkpoint[name] === now[name],
  )
  return !same
}

/** The chunks of a run that are committed, in the order of the listing; undefined where they do not tell their place. */
export async function readSpans(client: pg.ClientBase, runId: bigint): Promise<Span[] | undefined> {
  const { rows } = await client.query<{
    chunk: number
    at: string | null
    read: bigint
    digest: bigint | null
    bytes: bigint
  }>(
    `select chunk, place ->> 'at' as at, read, digest, bytes from guiji.ledger where run_id = $1 and kind = 'chunk'
     order by (place ->> 'at')::bigint`,
    [runId],
  )
  const spans: Span[] = []
  for (const { chunk, at, read, digest, bytes } of rows) {
    if (at === null || digest === null) return undefined
    spans.push({ chunk, at: BigInt(at), count: read, digest, bytes: Number(bytes) })
  }
  return spans
}
