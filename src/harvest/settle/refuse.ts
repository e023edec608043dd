import { GuijiError } from '../../errors/guiji-error.ts'
import { runTotals } from '../../ledger/ledger.ts'
import { errorRecord } from '../error-record.ts'
import { endRun } from '../run-record.ts'
import type { Settlement } from './settlement.ts'

/**
 * Ends a run of which more than half of the records were rejected, those that share their key with others included:
 * hardly what the department meant to give. Its rejects stay to be looked at, what was published before stands.
 * False: the run goes on.
 */
export async function refuseMisfits({ client, runId, fence, now, dataset }: Settlement): Promise<boolean> {
  const { rejected, read } = await runTotals(client, runId)
  if (rejected * 2n <= read) return false
  const error = errorRecord(
    new GuijiError('RECORDS_MOSTLY_REJECTED', { dataset: dataset.code, rejected, read }),
  )
  await endRun(
    client,
    { runId, fence },
    { state: 'partial', now, cause: 'held-by-checks', complete: true, error },
  )
  return true
}
