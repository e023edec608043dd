import type { ClaimedRun } from '../run-record.ts'

/**
 * What a run calls its sessions (`application_name`): whoever ends a run, or watches whether its statements work,
 * finds them by it in `pg_stat_activity`, and so does a person.
 */
export function sessionName({ runId, fence }: ClaimedRun): string {
  return `guiji run ${runId} ${fence}`
}

/** The sessions of the run named `name`, as a condition on `pg_stat_activity a`. */
export function sessionsNamed(name: string): string {
  return `a.application_name = ${name} and a.datname = current_database() and a.pid <> pg_backend_pid()`
}
