import { type Kysely, sql, type Transaction } from 'kysely'
import type { ControlDatabase } from '../../catalog-schema/control/database.ts'
import { type Condition, isWorse, keyOf } from './condition.ts'
import type { AlertEvent, AlertFacts, Compose } from './message.ts'

/** Who is told what. */
export interface AlertRules {
  /** Names of the sinks told first. */
  readonly to: readonly string[]
  readonly escalation?: { readonly afterMilliseconds: number; readonly to: readonly string[] }
}

export interface Changes {
  readonly opened: number
  readonly escalated: number
  readonly resolved: number
  /** Incidents that are open now. */
  readonly open: number
}

interface ChangeContext {
  readonly transaction: Transaction<ControlDatabase>
  readonly now: Date
  readonly rules: AlertRules
  readonly compose: Compose
}

/** Holds off other checks until this one has committed: two processes see one change once. */
export async function lockAlerts(transaction: Transaction<ControlDatabase>): Promise<void> {
  await sql`select pg_advisory_xact_lock(hashtextextended('guiji alerts', 0))`.execute(transaction)
}

/**
 * Brings the incidents to what is wrong now. Each change is recorded together with the messages that tell of it, so
 * that a crash leaves both or neither. To be called in the transaction that holds `lockAlerts`.
 */
export async function recordChanges(
  context: ChangeContext,
  conditions: readonly Condition[],
): Promise<Changes> {
  const { transaction, now } = context
  const { rows } = await openAlerts(transaction)
  const known = new Map(rows.filter(({ origin }) => origin === 'check').map((alert) => [alert.key, alert]))
  const current = new Map(conditions.map((condition) => [keyOf(condition), condition]))
  let opened = 0
  for (const [key, condition] of current) {
    const alert = known.get(key)
    if (alert === undefined) {
      await openAlert(context, { ...condition, key, origin: 'check', note: null })
      opened++
    } else
      await sql`update guiji.alert set seen_at = ${now}, datasets = ${condition.datasets}
        where id = ${alert.id}`.execute(transaction)
  }
  let resolved = 0
  for (const [key, alert] of known) {
    if (current.has(key)) continue
    const worse = isWorse(alert, conditions)
    await closeAlert(context, alert, worse ? 'worsened' : 'resolved')
    if (!worse) resolved++
  }
  const escalated = await escalate(context)
  const left = await openAlerts(transaction)
  return { opened, escalated, resolved, open: left.rows.length }
}

export interface OpenAlert extends AlertFacts {
  readonly key: string
  readonly origin: 'check' | 'person'
  readonly escalatedAt: Date | null
}

function openAlerts(db: Kysely<ControlDatabase>) {
  return sql<OpenAlert>`
    select id, key, kind, origin, source, department, cause, datasets, note, opened_at as "openedAt",
      escalated_at as "escalatedAt", closed_at as "closedAt"
    from guiji.alert where closed_at is null order by id`.execute(db)
}

/** Records a new incident and the messages of its opening. */
export async function openAlert(
  context: ChangeContext,
  incident: Condition & {
    readonly key: string
    readonly origin: 'check' | 'person'
    readonly note: string | null
  },
): Promise<bigint> {
  const { transaction, now, rules } = context
  const { kind, key, origin, source, department, cause, datasets, note } = incident
  const { rows } = await sql<{ id: bigint }>`
    insert into guiji.alert (kind, key, origin, source, department, cause, datasets, note, opened_at, seen_at)
    values (${kind}, ${key}, ${origin}, ${source}, ${department}, ${cause}, ${datasets}, ${note}, ${now}, ${now})
    returning id`.execute(transaction)
  const id = rows[0]?.id ?? 0n
  const facts: AlertFacts = {
    id,
    kind,
    source,
    department,
    cause,
    datasets,
    note,
    openedAt: now,
    closedAt: null,
  }
  await post(context, facts, 'opened', rules.to)
  return id
}

/** Ends an incident; who was told of it is told of its end, unless it only became worse. */
export async function closeAlert(
  context: ChangeContext,
  alert: AlertFacts,
  by: 'resolved' | 'worsened' | 'person',
): Promise<void> {
  const { transaction, now } = context
  await sql`update guiji.alert set closed_at = ${now}, closed_by = ${by} where id = ${alert.id}`.execute(
    transaction,
  )
  if (by === 'worsened') return
  const { rows } = await sql<{ sink: string }>`
    select distinct sink from guiji.alert_delivery where alert_id = ${alert.id} order by sink`.execute(
    transaction,
  )
  await post(
    context,
    { ...alert, closedAt: now },
    'resolved',
    rows.map(({ sink }) => sink),
  )
}

async function escalate(context: ChangeContext): Promise<number> {
  const { transaction, now, rules } = context
  if (rules.escalation === undefined) return 0
  const since = new Date(now.getTime() - rules.escalation.afterMilliseconds)
  const { rows } = await openAlerts(transaction)
  const due = rows.filter(({ escalatedAt, openedAt }) => escalatedAt === null && openedAt <= since)
  for (const alert of due) {
    await sql`update guiji.alert set escalated_at = ${now} where id = ${alert.id}`.execute(transaction)
    await post(context, alert, 'escalated', rules.escalation.to)
  }
  return due.length
}

async function post(
  { transaction, now, compose }: ChangeContext,
  facts: AlertFacts,
  event: AlertEvent,
  sinks: readonly string[],
): Promise<void> {
  if (sinks.length === 0) return
  const message = JSON.stringify(compose(facts, event))
  await sql`
    insert into guiji.alert_delivery (alert_id, sink, event, message, next_at)
    select ${facts.id}, sink, ${event}, ${message}::jsonb, ${now} from unnest(${sinks}::text[]) sink`.execute(
    transaction,
  )
}
