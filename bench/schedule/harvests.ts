import type pg from 'pg'

export interface MadeHarvests {
  readonly count: number
  /** How many sources they share. */
  readonly sources: number
  /** Runs at once at each source. */
  readonly connections: number
  /** Cron expressions, given out in turn; null: that harvest follows its daily promise. */
  readonly cadences: readonly (string | null)[]
  readonly missedSlots?: 'latest' | 'all'
  /** Default: Asia/Shanghai. */
  readonly timeZone?: string
  /** First day of the promise. Default: 2026-11-08. */
  readonly from?: string
}

/** Writes datasets, their promises and their harvests straight into the control tables, set by set. */
export async function makeHarvests(pool: pg.Pool, made: MadeHarvests): Promise<void> {
  await pool.query(`insert into guiji.department (code, name) values ('bench', '样例局')`)
  await pool.query(
    `insert into guiji.source (code, name, department, kind, definition)
     select 's' || n, 's' || n, 'bench', 'csv', jsonb_build_object('code', 's' || n, 'politeness',
       jsonb_build_object('connections', $2::int)) from generate_series(1, $1) n`,
    [made.sources, made.connections],
  )
  await pool.query(
    `insert into guiji.dataset (code, name, department, table_name, sharing_type, definition)
     select 'd' || n, 'd' || n, 'bench', 'd' || n, 'none', jsonb_build_object('code', 'd' || n, 'rules', '[]'::jsonb,
       'items', '[{"code": "id", "name": "编号", "type": "text", "key": true, "required": true}]'::jsonb,
       'commitment', '{"cycle": "daily", "timeZone": "Asia/Shanghai"}'::jsonb) from generate_series(1, $1) n`,
    [made.count],
  )
  await pool.query(`insert into guiji.dataset_state (dataset_id) select id from guiji.dataset`)
  await pool.query(
    `insert into guiji.commitment (dataset_id, cycle, time_zone, calendar, due_time, due_after_days, satisfied_by,
       effective_from, recorded_at)
     select id, 'daily', $1, 'cn', '08:00', 1, 'check', $2::date, $2::date from guiji.dataset`,
    [made.timeZone ?? 'Asia/Shanghai', made.from ?? '2026-11-08'],
  )
  await pool.query(
    `insert into guiji.harvest (dataset_id, source, mode, definition, enabled)
     select d.id, 's' || (1 + d.id % $1), 'snapshot', jsonb_strip_nulls(jsonb_build_object('dataset', d.code, 'read',
       '{}'::jsonb, 'items', '{}'::jsonb, 'mode', 'snapshot', 'missedSlots', $3::text,
       'deletions', '{"maxShare": 0.2, "minRows": 100, "keep": "P7D"}'::jsonb,
       'cadence', ($2::text[])[1 + d.id % cardinality($2::text[])])), true
     from guiji.dataset d`,
    [made.sources, made.cadences, made.missedSlots ?? null],
  )
  await pool.query('analyze')
}
