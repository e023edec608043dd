import { type Kysely, type RawBuilder, sql } from 'kysely'
import type { ControlDatabase } from '../../catalog-schema/control/database.ts'
import { alertKindOf } from '../../catalog-schema/vocabulary/alert-kinds.ts'
import { verdicts as verdictTitles } from '../../catalog-schema/vocabulary/verdicts.ts'
import { verdicts } from '../freshness/verdicts.ts'
import { type Metric, type MetricSample, writeMetrics } from './prometheus.ts'

type Database = Kysely<ControlDatabase>

/** One question to the store: rows of a label and a value. */
interface Row {
  readonly label: string | null
  readonly value: bigint | string | null
}

/**
 * The metrics of the whole store, as Prometheus reads them; the same from whichever process. Occurrences are told as
 * they were last judged. Labels are departments, states and kinds, never datasets: their number stays bounded.
 */
export async function metricsText(db: Database, options: { readonly now: Date }): Promise<string> {
  return writeMetrics([...(await promiseMetrics(db, options.now)), ...(await storeMetrics(db, options.now))])
}

async function promiseMetrics(db: Database, now: Date): Promise<Metric[]> {
  const judged = await verdicts(db, { now })
  const count = (verdict: string) => BigInt(judged.filter((one) => one.verdict === verdict).length)
  const sum = (name: 'kept' | 'owed') => judged.reduce((total, one) => total + one[name], 0n)
  return [
    {
      name: 'guiji_datasets',
      help: 'datasets on the list by verdict',
      type: 'gauge',
      samples: Object.keys(verdictTitles).map((verdict) => ({ labels: { verdict }, value: count(verdict) })),
    },
    gauge('guiji_periods_owed', 'judged periods, waived and void ones left out', [{ value: sum('owed') }]),
    gauge('guiji_periods_kept', 'of guiji_periods_owed: kept', [{ value: sum('kept') }]),
  ]
}

async function storeMetrics(db: Database, now: Date): Promise<Metric[]> {
  const ask = async (question: RawBuilder<Row>, label?: string) =>
    samplesOf((await question.execute(db)).rows, label)
  return [
    gauge('guiji_rows_held', 'rows held', await ask(perDepartment('held'), 'department')),
    {
      ...gauge(
        'guiji_rows_received_total',
        'rows ever received',
        await ask(perDepartment('received'), 'department'),
      ),
      type: 'counter',
    },
    gauge(
      'guiji_rejects_open',
      'rejects that are open',
      await ask(perDepartment('open_rejects'), 'department'),
    ),
    gauge('guiji_runs_active', 'runs under way or waiting for approval', await ask(activeRuns, 'state')),
    gauge(
      'guiji_runs_finished_last_hour',
      'runs that ended within an hour',
      await ask(recentRuns(now), 'state'),
    ),
    gauge('guiji_run_last_finished_timestamp_seconds', 'when a run last ended', await ask(lastRun)),
    gauge('guiji_slots_overdue', 'planned runs whose time has come', await ask(overdueSlots(now))),
    gauge('guiji_slot_wait_seconds', 'how long the oldest of them waits', await ask(longestWait(now))),
    gauge('guiji_alerts_open', 'open incidents', await openAlerts(db)),
    gauge(
      'guiji_alert_messages',
      'messages of alerts that wait or were given up',
      await ask(messages, 'state'),
    ),
    gauge('guiji_alert_check_timestamp_seconds', 'when the check for alerts last ran', await ask(lastCheck)),
  ]
}

function gauge(name: string, help: string, samples: readonly MetricSample[]): Metric {
  return { name, help, type: 'gauge', samples }
}

function samplesOf(rows: readonly Row[], label: string | undefined): MetricSample[] {
  return rows.flatMap((row) => {
    if (row.value === null) return []
    return [{ value: row.value, ...(label === undefined ? {} : { labels: { [label]: row.label ?? '' } }) }]
  })
}

function perDepartment(column: 'held' | 'received' | 'open_rejects'): RawBuilder<Row> {
  return sql`
    select p.code as label, coalesce(sum(${sql.ref(`s.${column}`)}), 0)::bigint as value
    from guiji.department p
    left join guiji.dataset d on d.department = p.code and d.retired_at is null
    left join guiji.dataset_state s on s.dataset_id = d.id
    where p.retired_at is null group by p.code order by p.code`
}

const activeRuns: RawBuilder<Row> = sql`
  with active as (
    select state, count(*) as runs from guiji.run
    where state in ('queued', 'running', 'publishing') group by state
    union all
    select state, count(*) from guiji.run where state = 'awaiting-approval' group by state)
  select state as label, coalesce(runs, 0) as value
  from unnest(array['queued', 'running', 'publishing', 'awaiting-approval']) state left join active using (state)
  order by state`

function recentRuns(now: Date): RawBuilder<Row> {
  return sql`
    select state as label, count(*) as value from guiji.run
    where finished_at > ${now}::timestamptz - interval '1 hour' and finished_at <= ${now} group by state order by state`
}

const lastRun: RawBuilder<Row> = sql`
  select null as label, extract(epoch from max(finished_at))::text as value from guiji.run`

function overdueSlots(now: Date): RawBuilder<Row> {
  return sql`
    select null as label, count(*) as value from guiji.slot where state = 'planned' and instant <= ${now}`
}

function longestWait(now: Date): RawBuilder<Row> {
  return sql`
    select null as label, greatest(coalesce(extract(epoch from ${now}::timestamptz - min(instant)), 0), 0)::text as value
    from guiji.slot where state = 'planned'`
}

async function openAlerts(db: Database): Promise<MetricSample[]> {
  const { rows } = await sql<{ kind: string; count: bigint }>`
    select kind, count(*) as count from guiji.alert where closed_at is null group by kind order by kind`.execute(
    db,
  )
  return rows.map(({ kind, count }) => ({
    labels: { kind, severity: alertKindOf(kind)?.severity ?? 'error' },
    value: count,
  }))
}

const messages: RawBuilder<Row> = sql`
  select state as label, count(d.id) as value
  from unnest(array['waiting', 'given-up']) state left join guiji.alert_delivery d using (state)
  group by state order by state`

const lastCheck: RawBuilder<Row> = sql`
  select null as label, extract(epoch from max(at))::text as value from guiji.alert_check`
