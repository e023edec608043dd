import { type Kysely, sql } from 'kysely'
import type { ControlDatabase } from '../../catalog-schema/control/database.ts'
import { GuijiError } from '../errors/guiji-error.ts'
import { at, dateFrom, instantOf, startOfDay } from './zone.ts'

/** A delay of some periods of a dataset that its department announced. */
export interface NewWaiver {
  readonly datasetId: bigint
  /** Labels of periods. */
  readonly periods: readonly string[]
  /** Absent: the periods are not owed at all. */
  readonly until: Date | undefined
  readonly reason: string
  /** Who announced it. */
  readonly announcedBy: string
  readonly origin: 'command' | 'document'
  readonly recordedBy: string
}

/** Records waivers; nothing of them is ever changed. `applyWaivers` makes occurrences follow. */
export async function recordWaivers(
  db: Kysely<ControlDatabase>,
  waivers: readonly NewWaiver[],
  now: Date,
): Promise<bigint[]> {
  const rows = waivers.flatMap(({ periods, datasetId, ...rest }) =>
    periods.map((period) => ({ ...rest, datasetId: String(datasetId), period })),
  )
  const recorded = await sql<{ id: bigint }>`
    insert into guiji.waiver (dataset_id, period, until, reason, announced_by, origin, recorded_by, recorded_at)
    select w."datasetId", w.period, w.until, w.reason, w."announcedBy", w.origin, w."recordedBy", ${now}
    from jsonb_to_recordset(${JSON.stringify(rows)}::jsonb) as w ("datasetId" bigint, period text,
      until timestamptz, reason text, "announcedBy" text, origin text, "recordedBy" text)
    order by w."datasetId", w.period
    returning id`.execute(db)
  return recorded.rows.map(({ id }) => id)
}

/**
 * Ends a waiver: its period is owed again as promised.
 *
 * @throws GuijiError WAIVER_UNKNOWN, WAIVER_REVOKED
 */
export async function revokeWaiver(
  db: Kysely<ControlDatabase>,
  id: bigint,
  { by, reason, now }: { readonly by: string; readonly reason: string; readonly now: Date },
): Promise<void> {
  const known = await sql`select from guiji.waiver where id = ${id}`.execute(db)
  if (known.rows.length === 0) throw new GuijiError('WAIVER_UNKNOWN', { found: id })
  const { numAffectedRows } = await sql`
    insert into guiji.waiver_revocation (waiver_id, reason, revoked_by, revoked_at)
    values (${id}, ${reason}, ${by}, ${now}) on conflict do nothing`.execute(db)
  if (numAffectedRows === 0n) throw new GuijiError('WAIVER_REVOKED', { found: id })
}

/**
 * Makes occurrences follow the waivers that stand: of several for one period the newest. What was kept stays kept;
 * for the rest the next judging decides what came of the delay. Safe to call at any time.
 */
export async function applyWaivers(
  db: Kysely<ControlDatabase>,
  now: Date,
  datasetIds?: readonly bigint[],
): Promise<void> {
  await sql`
    with standing as (
      select distinct on (w.dataset_id, w.period) w.dataset_id, w.period, coalesce(w.until, 'infinity') as until
      from guiji.waiver w
      where not exists (select from guiji.waiver_revocation r where r.waiver_id = w.id)
      order by w.dataset_id, w.period, w.id desc
    ),
    concerned as (
      select o.id, s.until from standing s
      join guiji.occurrence o on o.dataset_id = s.dataset_id and o.period = s.period
      union
      select o.id, s.until from guiji.occurrence o
      left join standing s on s.dataset_id = o.dataset_id and s.period = o.period
      where o.waived_until is not null
    )
    update guiji.occurrence o set waived_until = c.until, judged_at = ${now},
      judged_for = case when c.until is null then 'waiver-revoked' else 'waiver' end,
      outcome = case when o.outcome = 'kept' then 'kept' when c.until is null then 'pending' else 'waived' end,
      cause = case when o.outcome <> 'kept' and c.until is not null then 'waived' end,
      kept_at = case when o.outcome = 'kept' then o.kept_at end,
      run_id = case when o.outcome = 'kept' then o.run_id end
    from concerned c
    where o.id = c.id and o.outcome <> 'void' and o.waived_until is distinct from c.until
      and (${datasetIds === undefined} or o.dataset_id = any(${datasetIds ?? []}::bigint[]))`.execute(db)
}

/**
 * The instant that an announced `until` means: a date runs to its end, a date and time is of the promise's zone, an
 * instant with offset is itself.
 */
export function untilInstant(text: string, timeZone: string): Date {
  if (/(Z|[+-]\d{2}:\d{2})$/.test(text)) return new Date(text)
  const date = dateFrom(text.slice(0, 10))
  const time = text.slice(11)
  return time === '' ? startOfDay(date.add({ days: 1 }), timeZone) : instantOf(at(date, time), timeZone)
}
