import { type Kysely, sql } from 'kysely'
import type { ControlDatabase } from '../../catalog-schema/control/database.ts'
import type { LineageFacts } from './lineage-event.ts'

/** What an event of a run tells of its dataset and source; undefined where there is no such run. */
export async function readLineage(
  db: Kysely<ControlDatabase>,
  run: bigint,
): Promise<LineageFacts | undefined> {
  const { rows } = await sql<LineageFacts>`
    select r.id::text as run, d.code as dataset, d.department, h.source, s.kind as "sourceKind",
      r.started_at as "startedAt", r.slot_at as "slotAt", r.bytes,
      exists (select from guiji.publication p where p.run_id = r.id) as published,
      (select coalesce(jsonb_agg(jsonb_build_object('code', i.code, 'name', i.name, 'type', i.type)
          order by i.position), '[]')
        from guiji.item i where i.dataset_id = d.id and i.retired_at is null) as items
    from guiji.run r
    join guiji.dataset d on d.id = r.dataset_id
    join guiji.harvest h on h.id = r.harvest_id
    join guiji.source s on s.code = h.source
    where r.id = ${run}`.execute(db)
  return rows[0]
}
