import { type Kysely, type RawBuilder, sql } from 'kysely'
import type { ControlDatabase } from '../../catalog-schema/control/database.ts'
import { durationMilliseconds } from '../harvest/plan.ts'
import type { Pace } from './slot-instants.ts'

/** A harvest's pace, with what is needed to plan its slots. */
export interface PaceRow extends Pace {
  readonly datasetId: bigint
  readonly source: string
  /** Everything the slots follow from, as one comparable text. */
  readonly basis: string
  /** The basis they were last planned from; null: never. */
  readonly plannedBasis: string | null
  readonly plannedThrough: Date | null
}

/** Harvests that are on, as `h`, `d`, `s`, with the zone of the commitment in force and all that is promised. */
export const harvestsWithPace: RawBuilder<unknown> = sql`
  guiji.harvest h
  join guiji.dataset d on d.id = h.dataset_id
  join guiji.source s on s.code = h.source
  join lateral (
    select c.time_zone from guiji.commitment c where c.dataset_id = h.dataset_id
    order by c.effective_from > current_date, c.effective_from desc limit 1) commitment on true
  cross join lateral (
    select string_agg(c.id::text || ' ' || c.effective_from::text, ',' order by c.id) as versions
    from guiji.commitment c where c.dataset_id = h.dataset_id) promised`

/** `off`, or what the slots of a harvest follow from. */
export const basis: RawBuilder<string> = sql`
  case when h.enabled and h.retired_at is null and d.retired_at is null and s.retired_at is null
    then concat_ws(' | ', h.source, commitment.time_zone, h.definition ->> 'cadence',
      'hours ' || (s.definition #>> '{politeness,hours}'), 'jitter ' || (s.definition #>> '{politeness,jitter}'),
      'promise ' || promised.versions)
    else 'off' end`

interface Row extends Omit<PaceRow, 'jitter'> {
  readonly jitter: string | null
}

/** Paces of the harvests that `which` chooses: `from` and everything after it, over `harvestsWithPace` and plan `p`. */
export async function readPaces(db: Kysely<ControlDatabase>, which: RawBuilder<unknown>): Promise<PaceRow[]> {
  const { rows } = await sql<Row>`
    select h.id as "harvestId", h.dataset_id as "datasetId", h.source, h.definition ->> 'cadence' as cadence,
      s.definition #>> '{politeness,hours}' as hours, s.definition #>> '{politeness,jitter}' as jitter,
      commitment.time_zone as "timeZone", ${basis} as basis, p.basis as "plannedBasis",
      p.planned_through as "plannedThrough"
    ${which}`.execute(db)
  return rows.map((row) => ({
    ...row,
    jitter: row.jitter === null ? 0 : (durationMilliseconds(row.jitter) ?? 0),
  }))
}
