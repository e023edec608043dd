import { type RawBuilder, sql } from 'kysely'

/**
 * From when on a delivery counts for the occurrence row `o`: a period's data can only be complete after it ended.
 * A promise that is due before its period ends asks for one delivery during the period instead.
 */
export const readyAt: RawBuilder<Date> = sql`
  case when o.due_at < o.period_end then o.period_start else o.period_end end`

/** Whether the occurrence row `o` still waits for its delivery, a delay that was announced included. */
export const unsettled: RawBuilder<boolean> = sql`
  (o.outcome = 'pending' or (o.outcome = 'late' and o.kept_at is null)
    or (o.outcome = 'waived' and o.kept_at is null and o.waived_until < 'infinity'))`
