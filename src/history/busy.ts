import type pg from 'pg'
import { inTransaction } from '../harvest/transaction.ts'

/**
 * Runs work that locks whole tables in a transaction that gives up, undone, where it would have to wait: while it
 * waited, every harvest would wait behind it.
 *
 * @returns undefined where it gave up
 */
export async function waitsForNobody<Result>(
  client: pg.ClientBase,
  work: () => Promise<Result>,
): Promise<Result | undefined> {
  try {
    return await inTransaction(client, async () => {
      await client.query(`set local lock_timeout = '500ms'`)
      return await work()
    })
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === lockNotAvailable) return undefined
    throw error
  }
}

/** SQLSTATE `lock_not_available`. */
const lockNotAvailable = '55P03'
