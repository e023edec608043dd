import type pg from 'pg'
import type { Workspace } from '../../catalog-schema/documents/documents.ts'
import { type NewWaiver, recordWaivers, revokeWaiver, untilInstant } from '../freshness/waivers.ts'
import { controlOf } from '../store/control-of.ts'

interface Standing {
  readonly id: bigint
  readonly dataset_id: bigint
  readonly period: string
  readonly until: Date | null
  readonly reason: string
  readonly announced_by: string
}

/** The reason kept with the end of a waiver that a document gave. */
const withdrawn = '工作区文档已删去 no longer in the workspace'

/**
 * Records the waivers that documents give, and revokes those that a document gave and gives no more. Nothing is ever
 * overwritten: a changed waiver is a new one beside the revoked old. Waivers given by command are left alone.
 */
export async function recordDocumentWaivers(
  client: pg.ClientBase,
  workspace: Workspace,
  { by, now }: { readonly by: string; readonly now: Date },
): Promise<void> {
  const db = controlOf(client)
  const wanted = new Map((await givenWaivers(client, workspace, by)).map((waiver) => [keyOf(waiver), waiver]))
  const standing = await standingWaivers(client)
  for (const { id } of standing.filter((waiver) => !wanted.has(keyOf(waiver))))
    await revokeWaiver(db, id, { by, reason: withdrawn, now })
  for (const waiver of standing) wanted.delete(keyOf(waiver))
  await recordWaivers(db, [...wanted.values()], now)
}

/** One waiver per period, instants read in the zone of the promise. */
async function givenWaivers(client: pg.ClientBase, workspace: Workspace, by: string): Promise<NewWaiver[]> {
  const { rows } = await client.query<{ id: bigint; code: string }>(
    'select id, code from guiji.dataset where retired_at is null',
  )
  const ids = new Map(rows.map(({ id, code }) => [code, id]))
  const zones = new Map(workspace.datasets.map(({ code, commitment }) => [code, commitment.timeZone]))
  return (workspace.waivers ?? []).flatMap(({ dataset, periods, until, reason, by: announcedBy }) => {
    const datasetId = ids.get(dataset)
    if (datasetId === undefined) return []
    const zone = zones.get(dataset) ?? workspace.settings.timeZone
    const instant = until === undefined ? undefined : untilInstant(until, zone)
    return periods.map((period) => ({
      datasetId,
      periods: [period],
      until: instant,
      reason,
      announcedBy,
      origin: 'document' as const,
      recordedBy: by,
    }))
  })
}

async function standingWaivers(client: pg.ClientBase): Promise<Standing[]> {
  const { rows } = await client.query<Standing>(
    `select w.id, w.dataset_id, w.period, w.until, w.reason, w.announced_by from guiji.waiver w
     where w.origin = 'document' and not exists (select from guiji.waiver_revocation r where r.waiver_id = w.id)`,
  )
  return rows
}

function keyOf(waiver: NewWaiver | Standing): string {
  const same =
    'datasetId' in waiver
      ? [waiver.datasetId, waiver.periods[0], waiver.until, waiver.reason, waiver.announcedBy]
      : [waiver.dataset_id, waiver.period, waiver.until ?? undefined, waiver.reason, waiver.announced_by]
  return JSON.stringify(same.map((one) => (one instanceof Date ? one.toISOString() : String(one))))
}
