import type pg from 'pg'
import { qualified, quote } from '../../store/identifiers.ts'
import { columnList, digestColumn, loadTable, sameIdentity, storeTable } from '../../store/layout.ts'
import { copyIn } from '../copy-in.ts'
import { writeBigint } from '../encode/encoders.ts'
import { FrameWriter, put16 } from '../encode/frame-writer.ts'
import { doubtfulRows } from './resemblance.ts'
import type { Settlement } from './settlement.ts'
import { typedKey, unreadableSince } from './unreadable.ts'

export const unseenTable = (runId: bigint): string => qualified('load', `r${runId}_unseen`)
export const vanishedTable = (runId: bigint): string => qualified('load', `r${runId}_vanished`)

/** Digests go to the store in pieces of this size: a listing of which all is gone must not fill the memory. */
const copyBytes = 4 << 20

/** One-column binary COPY. */
function digestFrames() {
  const writer = new FrameWriter()
  writer.begin()
  return {
    write(digest: bigint) {
      const at = writer.reserve(2)
      const { buffer } = writer
      put16(buffer, at, 1)
      writer.advance(2)
      writeBigint(digest, writer)
      writer.seal()
    },
    get size() {
      return writer.size
    },
    finish: () => writer.finish(),
  }
}

/** Keeps the stored digests that no record of the listing had. */
export async function writeUnseen(
  client: pg.ClientBase,
  runId: bigint,
  digests: Iterable<bigint>,
): Promise<void> {
  await client.query(`create table ${unseenTable(runId)} (digest bigint not null)`)
  let frames = digestFrames()
  for (const digest of digests) {
    frames.write(digest)
    if (frames.size < copyBytes) continue
    await copyIn(client, `copy ${unseenTable(runId)} from stdin (format binary)`, frames.finish())
    frames = digestFrames()
  }
  await copyIn(client, `copy ${unseenTable(runId)} from stdin (format binary)`, frames.finish())
  await client.query(`analyze ${unseenTable(runId)}`)
}

/**
 * Finds the rows that vanished: held, but neither in the listing as they were nor under their identity in another
 * form. A record that was rejected counts as seen: its row stays. Where the key of a rejected record could not be
 * read, the missing rows that resemble it stay (`guiji.doubt`) until that reject is closed.
 */
export async function findVanished(settlement: Settlement): Promise<bigint> {
  const { client, runId, datasetId, layout, end } = settlement
  const missing = end.reseeded
    ? `select s.${quote(digestColumn)} as digest from ${storeTable(layout)} s
       where not exists (select from ${loadTable(runId)} c where ${sameIdentity(layout, 'c', 's')})`
    : `select digest from ${unseenTable(runId)} except select _held from ${loadTable(runId)} where _action in ('u', '=')`
  await client.query(`create table ${vanishedTable(runId)} as ${missing}`)
  await keepRejected(settlement)
  await forgetDoubts(settlement)
  await client.query(
    `delete from ${vanishedTable(runId)} v using guiji.doubt d where d.dataset_id = $1 and d.digest = v.digest`,
    [datasetId],
  )
  await keepDoubtful(settlement)
  const { rows } = await client.query<{ count: bigint }>(
    `select count(*) as count from ${vanishedTable(runId)}`,
  )
  return rows[0]?.count ?? 0n
}

async function keepDoubtful(settlement: Settlement): Promise<void> {
  const { client, runId, datasetId } = settlement
  const doubtful = await doubtfulRows(settlement)
  await client.query(
    `with kept as (delete from ${vanishedTable(runId)} where $3::bigint[] is null or digest = any ($3::bigint[])
       returning digest)
     insert into guiji.doubt (dataset_id, digest, run_id) select $1, digest, $2 from kept`,
    [datasetId, runId, doubtful === 'all' ? null : doubtful],
  )
}

/** Rows whose identity an open reject bears are not missing. */
async function keepRejected({ client, runId, datasetId, layout }: Settlement): Promise<void> {
  if (!layout.keyed) return
  await client.query(
    `delete from ${vanishedTable(runId)} v using ${storeTable(layout)} s, guiji.reject r
     where s.${quote(digestColumn)} = v.digest and r.dataset_id = $1 and r.closed_at is null and r.key is not null
       and ${typedKey(layout)} = (${columnList(layout.identity, 's')})`,
    [datasetId],
  )
}

/** A doubt ends when its row is seen again, or when none of the unreadable records it rests on is open any more. */
async function forgetDoubts({ client, runId, datasetId, layout }: Settlement): Promise<void> {
  await client.query(
    `delete from guiji.doubt d where d.dataset_id = $1 and (
       d.digest not in (select digest from ${vanishedTable(runId)})
       or not exists (select ${unreadableSince(layout, 'd.run_id')}))`,
    [datasetId],
  )
}
