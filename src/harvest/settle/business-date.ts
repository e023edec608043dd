import { quote } from '../../store/identifiers.ts'
import { loadTable, storeTable } from '../../store/layout.ts'
import type { Settlement } from './settlement.ts'

/**
 * Up to when the data goes by the newest business date among the rows of this run: a date to the end of its day, a
 * time to itself, in the zone of the promise (the session's), never beyond the beginning of the reading. Dates in the
 * future say nothing and are passed over. Undefined: the harvest declares none, or no row has one.
 *
 * Only what this run brought is looked at, so that the cost follows the change: the clock is the newest date that was
 * ever published, and goes back only where a first load begins anew.
 */
export async function businessThrough(settlement: Settlement): Promise<Date | undefined> {
  const { client, harvest, dataset, layout, runId, end } = settlement
  const item = dataset.items.find(({ code }) => code === harvest.businessDate)
  if (item === undefined) return undefined
  const table = end.kind === 'fresh' ? storeTable(layout) : loadTable(runId)
  const column = quote(item.code)
  const whole = item.type === 'date' ? `(max(${column}) + 1)::timestamptz` : `max(${column})::timestamptz`
  const { rows } = await client.query<{ through: Date | null }>(
    `select least(${whole}, $1::timestamptz) as through from ${table} where ${column} <= $1::timestamptz`,
    [end.startedAt],
  )
  return rows[0]?.through ?? undefined
}
