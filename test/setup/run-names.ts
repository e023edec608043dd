/** Every database of a run begins with this; `test/setup/store.ts` drops by it what an interrupted run left. */
export function databasePrefix(runId: string): string {
  return `guiji_test_${runId}_`
}

/** Name of the advisory lock that is held as long as the run lives. */
export function runLock(runId: string): string {
  return `guiji test run ${runId}`
}
