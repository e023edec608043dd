import { type Kysely, sql } from 'kysely'
import type { ControlDatabase } from '../../catalog-schema/control/database.ts'

/** An incident that was open at an instant. */
export interface Incident {
  readonly id: bigint
  readonly kind: string
  readonly source: string | null
  readonly department: string | null
  readonly cause: string | null
  readonly datasets: readonly string[]
  readonly note: string | null
  readonly openedAt: Date
}

export async function openIncidents(db: Kysely<ControlDatabase>, at: Date): Promise<Incident[]> {
  const { rows } = await sql<Incident>`
    select id, kind, source, department, cause, datasets, note, opened_at as "openedAt"
    from guiji.alert where opened_at <= ${at} and (closed_at is null or closed_at > ${at})
    order by opened_at, id`.execute(db)
  return rows
}
