import type pg from 'pg'
import type {
  Contact,
  DatasetDocument,
  HarvestDocument,
  SourceDocument,
} from '../../catalog-schema/documents/documents.ts'

/** One harvest as the store knows it: what is owed, where it comes from, and what was found last time. */
export interface HarvestTarget {
  readonly harvestId: bigint
  readonly datasetId: bigint
  readonly dataset: DatasetDocument & { readonly department: string }
  readonly harvest: HarvestDocument
  readonly source: SourceDocument
  /** Who answers for the source in its department. */
  readonly contact?: Contact
  readonly state: {
    readonly held: bigint
    readonly token: string | null
    readonly cursor: string | null
    readonly seed: string | null
    readonly lastSnapshotAt: Date | null
  }
}

interface Row {
  harvest_id: bigint
  dataset_id: bigint
  department: string
  dataset: DatasetDocument
  harvest: HarvestDocument
  source: SourceDocument
  contact: Contact | null
  held: bigint
  token: string | null
  cursor: string | null
  seed: string | null
  last_snapshot_at: Date | null
}

/** The enabled harvests of the given datasets (all where none are named), by department and code. */
export async function findTargets(
  db: pg.Pool | pg.ClientBase,
  datasets?: readonly string[],
): Promise<HarvestTarget[]> {
  const { rows } = await db.query<Row>(
    `select h.id as harvest_id, d.id as dataset_id, d.department, d.definition as dataset,
       h.definition as harvest, s.definition as source, p.contact, t.held, t.token, t.cursor, t.seed, t.last_snapshot_at
     from guiji.harvest h join guiji.dataset d on d.id = h.dataset_id join guiji.source s on s.code = h.source
       join guiji.dataset_state t on t.dataset_id = d.id
       left join guiji.department p on p.code = s.department
     where h.retired_at is null and d.retired_at is null
       and ($1::text[] is null and h.enabled or d.code = any ($1::text[]))
     order by d.department, d.code`,
    [datasets ?? null],
  )
  return rows.map(targetOf)
}

function targetOf(row: Row): HarvestTarget {
  return {
    harvestId: row.harvest_id,
    datasetId: row.dataset_id,
    dataset: { ...row.dataset, department: row.department },
    harvest: row.harvest,
    source: row.source,
    ...(row.contact && { contact: row.contact }),
    state: {
      held: row.held,
      token: row.token,
      cursor: row.cursor,
      seed: row.seed,
      lastSnapshotAt: row.last_snapshot_at,
    },
  }
}
