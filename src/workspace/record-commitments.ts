import type pg from 'pg'
import type { CommitmentDocument, Workspace } from '../../catalog-schema/documents/documents.ts'
import { changeTakesEffect } from '../freshness/commitments.ts'

interface Held {
  readonly dataset_id: bigint
  readonly code: string
  readonly effective_from: string | null
  readonly time_zone: string | null
  readonly terms: string | null
}

/**
 * Adds a version of each commitment that is new or says something else than the one in force; returns the datasets
 * concerned. A change never reaches into a period that has begun.
 */
export async function recordCommitments(
  client: pg.ClientBase,
  workspace: Workspace,
  now: Date,
): Promise<bigint[]> {
  const { rows } = await client.query<Held>(
    `select d.id as dataset_id, d.code, c.effective_from::text, c.time_zone, c.terms
     from guiji.dataset d left join lateral (
       select effective_from, time_zone, terms from guiji.commitment
       where dataset_id = d.id order by effective_from desc limit 1) c on true
     where d.retired_at is null`,
  )
  const held = new Map(rows.map((row) => [row.code, row]))
  const versions = workspace.datasets.flatMap((dataset) => {
    const last = held.get(dataset.code)
    if (last === undefined || last.terms === termsText(dataset.commitment)) return []
    return [versionOf(last, dataset.commitment, now)]
  })
  await insertVersions(client, versions, now)
  const retired = await client.query<{ id: bigint }>('select id from guiji.dataset where retired_at = $1', [
    now,
  ])
  return [...versions.map((version) => BigInt(version.dataset_id)), ...retired.rows.map((row) => row.id)]
}

function versionOf(last: Held, commitment: CommitmentDocument, now: Date) {
  const { timeZone, from } = commitment
  const previous =
    last.effective_from === null
      ? undefined
      : { timeZone: last.time_zone ?? timeZone, effectiveFrom: last.effective_from }
  return {
    dataset_id: String(last.dataset_id),
    effective_from:
      previous === undefined ? from : changeTakesEffect(previous, { timeZone, effectiveFrom: from }, now),
    terms: termsText(commitment),
    ...commitment,
    seasons: (commitment.seasons ?? []).map((season) => `${season.from}/${season.to}`),
  }
}

/** What is promised, as one comparable text; the date from which is not part of it. */
function termsText(commitment: CommitmentDocument): string {
  const { cycle, timeZone, calendar, dueTime, dueAfterDays, grace, maxLag, satisfiedBy, seasons } = commitment
  return JSON.stringify([
    cycle,
    timeZone,
    calendar,
    dueTime,
    dueAfterDays,
    grace.hours,
    grace.workingDays,
    maxLag,
    satisfiedBy,
    ...(seasons === undefined ? [] : [seasons]),
  ])
}

async function insertVersions(
  client: pg.ClientBase,
  versions: readonly ReturnType<typeof versionOf>[],
  now: Date,
): Promise<void> {
  if (versions.length === 0) return
  await client.query(
    `insert into guiji.commitment (dataset_id, cycle, time_zone, calendar, due_time, due_after_days, grace_hours,
       grace_working_days, max_lag, satisfied_by, seasons, effective_from, terms, recorded_at)
     select (v->>'dataset_id')::bigint, v->>'cycle', v->>'timeZone', v->>'calendar', (v->>'dueTime')::time,
       (v->>'dueAfterDays')::int, (v#>>'{grace,hours}')::float8, (v#>>'{grace,workingDays}')::int,
       (v->>'maxLag')::interval, v->>'satisfiedBy', array(select jsonb_array_elements_text(v->'seasons')),
       (v->>'effective_from')::date, v->>'terms', $2
     from jsonb_array_elements($1::jsonb) v`,
    [JSON.stringify(versions), now],
  )
}
