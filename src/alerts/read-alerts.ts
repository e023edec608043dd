import { type Kysely, sql } from 'kysely'
import type { ControlDatabase } from '../../catalog-schema/control/database.ts'
import type { AlertFacts } from './message.ts'

/** An incident with what became of its messages. */
export interface RecordedAlert extends AlertFacts {
  readonly origin: 'check' | 'person'
  readonly escalatedAt: Date | null
  readonly closedBy: string | null
  readonly deliveries: readonly RecordedDelivery[]
}

export interface RecordedDelivery {
  readonly sink: string
  readonly event: string
  readonly state: 'waiting' | 'delivered' | 'given-up'
  readonly attempts: number
  readonly error: string | null
}

/** Incidents, newest first; `open`: those that are not over. */
export async function readAlerts(
  db: Kysely<ControlDatabase>,
  choice: { readonly open: boolean; readonly limit: number },
): Promise<RecordedAlert[]> {
  const { rows } = await sql<RecordedAlert>`
    select a.id, a.kind, a.origin, a.source, a.department, a.cause, a.datasets, a.note, a.opened_at as "openedAt",
      a.escalated_at as "escalatedAt", a.closed_at as "closedAt", a.closed_by as "closedBy",
      coalesce(sent.deliveries, '[]') as deliveries
    from guiji.alert a
    left join lateral (
      select jsonb_agg(jsonb_build_object('sink', d.sink, 'event', d.event, 'state', d.state,
        'attempts', d.attempts, 'error', d.error) order by d.id) as deliveries
      from guiji.alert_delivery d where d.alert_id = a.id) sent on true
    where not ${choice.open} or a.closed_at is null
    order by a.id desc limit ${choice.limit}`.execute(db)
  return rows
}

/** The incidents that were open at an instant, oldest first. */
export async function openAlertsAt(db: Kysely<ControlDatabase>, at: Date): Promise<AlertFacts[]> {
  const { rows } = await sql<AlertFacts>`
    select id, kind, source, department, cause, datasets, note, opened_at as "openedAt", closed_at as "closedAt"
    from guiji.alert where opened_at <= ${at} and (closed_at is null or closed_at > ${at})
    order by opened_at, id`.execute(db)
  return rows
}
