import { createHash } from 'node:crypto'
import type { Transaction } from 'kysely'
import type pg from 'pg'
import type { ControlDatabase } from '../../catalog-schema/control/database.ts'
import type { Workspace } from '../../catalog-schema/documents/documents.ts'
import { dropDatasetViews, refreshViews } from '../access/dataset-views.ts'
import { ensureRoles } from '../access/roles.ts'
import { GuijiError } from '../errors/guiji-error.ts'
import { loadCalendars } from '../freshness/calendar.ts'
import { judge } from '../freshness/judge.ts'
import { type Replanned, replanCommitments } from '../freshness/replan-commitments.ts'
import { reviseDeadlines } from '../freshness/revise-deadlines.ts'
import { applyWaivers } from '../freshness/waivers.ts'
import { replanChangedSlots } from '../schedule/replan-slots.ts'
import { controlOf } from '../store/control-of.ts'
import { ensureTables } from '../store/dataset-tables.ts'
import { type Change, diffWorkspaces } from './diff-workspace.ts'
import { recordCalendars } from './record-calendars.ts'
import { recordCommitments } from './record-commitments.ts'
import { recordDocuments } from './record-documents.ts'
import { recordDocumentWaivers } from './record-waivers.ts'

/** Two applies at once would each see a half of the other. */
const lockKey = 7_131_101
/** How far ahead promises are planned. */
export const horizonDays = 40

export interface ApplyOptions {
  readonly allowLoss: boolean
  readonly by: string
  readonly now: Date
}

export interface Applied {
  /** The new version; absent where nothing changed. */
  readonly version?: bigint
  readonly changes: readonly Change[]
  /** What became of the periods that are owed; absent where nothing changed. */
  readonly replanned?: Replanned
}

/** The workspace as it was last applied; undefined in a new store. */
export async function appliedWorkspace(db: pg.Pool | pg.ClientBase): Promise<Workspace | undefined> {
  const { rows } = await db.query<{ workspace: Workspace }>(
    'select workspace from guiji.version order by id desc limit 1',
  )
  return rows[0]?.workspace
}

/**
 * Makes the store hold what the workspace says, in one transaction: documents, tables, views, roles, promises, and a
 * new version of the whole. A change that would lose data is refused without `allowLoss`.
 */
export async function applyWorkspace(
  pool: pg.Pool,
  workspace: Workspace,
  options: ApplyOptions,
): Promise<Applied> {
  const client = await pool.connect()
  try {
    return await controlOf(client)
      .transaction()
      .execute(async (trx) => {
        await client.query('select pg_advisory_xact_lock($1)', [lockKey])
        const changes = diffWorkspaces(await appliedWorkspace(client), workspace)
        if (changes.length === 0) return { changes }
        refuseLoss(changes, options)
        await recordDocuments(client, workspace, options.now)
        await makeTables(client, workspace, changes, options)
        const replanned = await keepPromises(client, trx, workspace, { ...options, changes })
        await replanChangedSlots(trx, options.now)
        return { version: await recordVersion(client, workspace, changes, options), changes, replanned }
      })
  } finally {
    client.release()
  }
}

/** Promises, calendars and announced delays as the workspace has them, and every period judged by them. */
async function keepPromises(
  client: pg.ClientBase,
  trx: Transaction<ControlDatabase>,
  workspace: Workspace,
  { changes, by, now }: ApplyOptions & { readonly changes: readonly Change[] },
): Promise<Replanned> {
  const calendars = changes.filter(({ subject }) => subject === 'calendar').map(({ code }) => code)
  if (calendars.length > 0) await recordCalendars(client, workspace)
  await reviseDeadlines(trx, await loadCalendars(trx), { now, changed: calendars })
  await recordDocumentWaivers(client, workspace, { by, now })
  const changed = await recordCommitments(client, workspace, now)
  const replanned = await replanCommitments(trx, changed, now, horizonDays)
  await applyWaivers(trx, now)
  await judge(trx, { now })
  return replanned
}

function refuseLoss(changes: readonly Change[], options: ApplyOptions): void {
  const lossy = changes.filter((change) => change.losesData)
  if (lossy.length === 0 || options.allowLoss) return
  throw new GuijiError('APPLY_LOSES_DATA', {
    count: lossy.length,
    what: lossy.map((change) => `${change.action} ${change.subject} ${change.code}`).join('; '),
  })
}

/** Tables and views only where a dataset, its items or its department changed: thousands of others stay untouched. */
async function makeTables(
  client: pg.ClientBase,
  workspace: Workspace,
  changes: readonly Change[],
  options: ApplyOptions,
): Promise<void> {
  const departments = workspace.departments.map((department) => department.code)
  await ensureRoles(client, departments)
  const touched = new Set(
    changes
      .filter((change) => ['dataset', 'item', 'commitment'].includes(change.subject))
      .map((change) => change.code.split('.')[0]),
  )
  for (const dataset of workspace.datasets) {
    if (!touched.has(dataset.code)) continue
    const repartition = changes.some(({ code, table }) => code === dataset.code && table === 'repartitioned')
    await ensureTables(client, dataset, { allowLoss: options.allowLoss, repartition })
    await refreshViews(client, dataset)
  }
  await dropRetiredViews(client, changes)
}

/** A dataset that left the list is no longer offered to analysts; its rows stay in `store`. */
async function dropRetiredViews(client: pg.ClientBase, changes: readonly Change[]): Promise<void> {
  for (const change of changes) {
    if (change.subject === 'dataset' && change.action === 'removed')
      await dropDatasetViews(client, change.code)
  }
}

async function recordVersion(
  client: pg.ClientBase,
  workspace: Workspace,
  changes: readonly Change[],
  options: ApplyOptions,
): Promise<bigint> {
  const text = JSON.stringify(workspace)
  const digest = createHash('sha256').update(text).digest('hex')
  const { rows } = await client.query<{ id: bigint }>(
    `insert into guiji.version (applied_at, applied_by, digest, changes, workspace) values ($1, $2, $3, $4, $5)
     returning id`,
    [options.now, options.by, digest, JSON.stringify(changes), text],
  )
  return rows[0]?.id ?? 0n
}
