import type pg from 'pg'
import type { ListRequest } from '../connector.ts'
import { quote } from '../store/identifiers.ts'
import { goneTable, type Layout } from '../store/layout.ts'
import { mappingOf } from './encode/record-encoder.ts'
import type { LoadKind } from './load-tables.ts'
import { seedOf } from './seed.ts'
import type { HarvestTarget } from './target.ts'

/** What a run will do, decided before the source is asked anything. */
export interface RunPlan {
  readonly mode: 'snapshot' | 'incremental' | 'append'
  /** Why an incremental harvest reads everything this time. */
  readonly because?: 'first' | 'reconcile' | 'asked' | 'reseeded'
  /** Of list and mapping; the listing adds its own part. */
  readonly seed: string
  readonly reseeded: boolean
  readonly request: Omit<ListRequest, 'signal'>
}

export function planRun(
  target: HarvestTarget,
  options: { readonly now: Date; readonly full?: boolean },
): RunPlan {
  const { dataset, harvest, state } = target
  const fields = [...new Set(dataset.items.map((item) => mappingOf(harvest, item.code).from))]
  const seed = seedOf(dataset, harvest, fields)
  const reseeded = state.seed !== null && !state.seed.startsWith(seed)
  const because = harvest.mode === 'incremental' ? reasonForFull(target, { ...options, reseeded }) : undefined
  const mode = because === undefined ? harvest.mode : 'snapshot'
  const since = mode === 'snapshot' ? undefined : cursorSince(target)
  const usable = state.token !== null && !reseeded && options.full !== true
  return {
    mode,
    ...(because === undefined ? {} : { because }),
    seed,
    reseeded,
    request: {
      read: harvest.read,
      fields,
      onlyNew: mode === 'append' && harvest.cursor === undefined,
      // Without a key the digest is the identity: it must not change with the version of the source.
      digests: dataset.items.some((item) => item.key),
      ...(usable && since === undefined && state.token !== null ? { previous: state.token } : {}),
      ...(since === undefined ? {} : { since }),
      ...(harvest.cursor === undefined ? {} : { cursor: harvest.cursor.field }),
    },
  }
}

function reasonForFull(
  target: HarvestTarget,
  options: { readonly now: Date; readonly full?: boolean; readonly reseeded: boolean },
): RunPlan['because'] {
  const { state, harvest } = target
  if (options.full === true) return 'asked'
  if (state.cursor === null || state.lastSnapshotAt === null) return 'first'
  if (options.reseeded) return 'reseeded'
  const every = harvest.reconcile === undefined ? undefined : durationMilliseconds(harvest.reconcile)
  if (every === undefined) return undefined
  return options.now.getTime() - state.lastSnapshotAt.getTime() >= every ? 'reconcile' : undefined
}

function cursorSince(target: HarvestTarget): ListRequest['since'] {
  const { harvest, state } = target
  if (harvest.cursor === undefined || state.cursor === null) return undefined
  const { field, lag } = harvest.cursor
  return { field, value: state.cursor, ...(lag === undefined ? {} : { lag }) }
}

/** ISO 8601 duration as elapsed time; a month counts as 30 days, a year as 365. */
export function durationMilliseconds(text: string): number | undefined {
  const match = /^P(?:(\d+)Y)?(?:(\d+)M)?(?:(\d+)W)?(?:(\d+)D)?(?:T(?:(\d+)H)?(?:(\d+)M)?(?:(\d+)S)?)?$/.exec(
    text,
  )
  if (match === null) return undefined
  const [years = 0, months = 0, weeks = 0, days = 0, hours = 0, minutes = 0, seconds = 0] = match
    .slice(1)
    .map((part) => Number(part ?? 0))
  const inDays = years * 365 + months * 30 + weeks * 7 + days
  return (((inDays * 24 + hours) * 60 + minutes) * 60 + seconds) * 1000
}

/** A table that holds nothing, here and in its gone twin, is loaded whole and swapped in. */
export async function loadKindOf(client: pg.ClientBase, layout: Layout, held: bigint): Promise<LoadKind> {
  if (held > 0n || layout.partition !== undefined) return 'delta'
  const { rows } = await client.query(`select ${quote('_gone_run')} from ${goneTable(layout)} limit 1`)
  return rows.length === 0 ? 'fresh' : 'delta'
}
