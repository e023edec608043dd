import { type Kysely, sql } from 'kysely'
import type { ControlDatabase } from '../../catalog-schema/control/database.ts'
import type { AlertKind } from '../../catalog-schema/vocabulary/alert-kinds.ts'
import { GuijiError } from '../errors/guiji-error.ts'
import type { AlertFacts, Compose } from './message.ts'
import { type AlertRules, closeAlert, lockAlerts, openAlert } from './record-changes.ts'

interface Reporting {
  readonly now: Date
  readonly rules: AlertRules
  readonly compose: Compose
}

/** Records what a person has seen and guiji cannot: most liabilities of Decree 809 happen outside of any system. */
export async function raiseAlert(
  db: Kysely<ControlDatabase>,
  incident: { readonly kind: AlertKind; readonly department: string; readonly note: string },
  reporting: Reporting,
): Promise<bigint> {
  const { kind, department, note } = incident
  return await db.transaction().execute(async (transaction) => {
    await lockAlerts(transaction)
    const key = JSON.stringify([kind, department, note])
    const { rows } = await sql<{ id: bigint }>`
      select id from guiji.alert where key = ${key} and closed_at is null`.execute(transaction)
    if (rows[0] !== undefined) return rows[0].id
    return await openAlert(
      { transaction, ...reporting },
      { kind, department, note, key, origin: 'person', source: null, cause: null, datasets: [] },
    )
  })
}

/**
 * Ends an incident that a person raised. What the check has seen ends when it is over.
 *
 * @throws GuijiError ALERT_UNKNOWN
 */
export async function settleAlert(
  db: Kysely<ControlDatabase>,
  id: bigint,
  reporting: Reporting,
): Promise<void> {
  await db.transaction().execute(async (transaction) => {
    await lockAlerts(transaction)
    const { rows } = await sql<AlertFacts>`
      select id, kind, source, department, cause, datasets, note, opened_at as "openedAt", closed_at as "closedAt"
      from guiji.alert where id = ${id} and origin = 'person' and closed_at is null`.execute(transaction)
    const [alert] = rows
    if (alert === undefined) throw new GuijiError('ALERT_UNKNOWN', { found: id })
    await closeAlert({ transaction, ...reporting }, alert, 'person')
  })
}
