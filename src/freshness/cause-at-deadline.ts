import { sql } from 'kysely'

/** Waiting for a person at the deadline, whatever was decided later. */
const waitedAtDeadline = sql`
  (run.parked_at <= judged.deadline
    and (run.state in ('awaiting-approval', 'running', 'publishing') or run.finished_at > judged.deadline))`

/**
 * The last run that showed what stood in the way of the occurrence row `judged` when its deadline passed: it had
 * ended by then and began after the period, or it waited for a person. Only what was so at the deadline is looked
 * at, not what became of a run since: the cause is the same whenever the judge runs.
 *
 * @param since the first run that can matter (`firstRunSince`)
 */
export const runAtDeadline = (since: bigint) => sql`
  select run.state, run.cause, run.complete, run.parked_for, ${waitedAtDeadline} as waited
  from guiji.run run
  where run.id >= ${since} and run.dataset_id = judged.dataset_id and run.started_at <= judged.deadline
    and (${waitedAtDeadline} or (run.started_at >= judged.ready_at and run.finished_at <= judged.deadline))
  order by run.started_at desc, run.id desc limit 1`

/** Without such a run nothing was tried in time: a run still under way at the deadline was started too late. */
export const causeOf = sql`
  case
    when r.state is null then 'platform-did-not-run'
    when r.waited or r.state = 'awaiting-approval' then coalesce(r.parked_for, 'awaiting-approval')
    when r.state = 'refused' then coalesce(nullif(r.parked_for, 'awaiting-approval'), 'held-by-checks')
    when r.state in ('failed', 'lost', 'cancelled') then coalesce(r.cause, 'platform-failed')
    when r.complete is not true then coalesce(r.cause, 'source-wrong:truncated')
    else coalesce(r.cause, 'not-published')
  end`
