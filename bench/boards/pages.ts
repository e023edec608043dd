import { sql } from 'kysely'
import { listedDataset } from '../../src/store/read-datasets.ts'
import { addUpLedger, readLedger, readLedgerTotals } from '../../src/store/read-ledger.ts'
import { readRuns } from '../../src/store/read-runs.ts'
import { readDepartments, readStatus } from '../../src/store/read-status.ts'
import type { BoardGround } from './ground.ts'

/** One question of a page or a command. `ask` gives the rows of the answer. */
export interface BoardPage {
  readonly name: string
  ask(): Promise<number>
}

/** A dataset that is harvested every hour, and one that is harvested once a month. */
const busy = { id: 1n, code: 'x1' }
const calm = { id: 90_000n, code: 'x90000' }

export function boardPages({ pool, db }: BoardGround): BoardPage[] {
  const view = async (text: string) => (await pool.query(text)).rows.length
  const now = new Date()
  return [
    {
      name: 'board: totals and verdicts of all departments',
      ask: async () => (await readDepartments(db, { now })).length,
    },
    { name: 'board: first page of 50', ask: async () => (await readStatus(db, { now, limit: 50 })).length },
    {
      name: 'board: a page in the middle',
      ask: async () =>
        (await readStatus(db, { now, limit: 50, after: { department: 'd50', code: 'x5' } })).length,
    },
    {
      name: 'board: first page of what is due',
      ask: async () => (await readStatus(db, { now, verdict: 'due', limit: 50 })).length,
    },
    {
      name: 'one department: totals',
      ask: async () => (await readDepartments(db, { now, department: 'd7' })).length,
    },
    {
      name: 'one department: all its datasets',
      ask: async () => (await readStatus(db, { now, department: 'd7' })).length,
    },
    ...[busy, calm].flatMap(({ id, code }): BoardPage[] => [
      {
        name: `dataset ${code}: by code, standing, last 20 runs`,
        ask: async () => {
          const dataset = await listedDataset(pool, code)
          const [status] = await readStatus(db, { now, code })
          return (
            (status === undefined ? 0 : 1) +
            (await readRuns(pool, { datasetId: dataset.id, limit: 20 })).length
          )
        },
      },
      {
        name: `dataset ${code}: ledger, 50 entries`,
        ask: async () => (await readLedger(pool, { datasetId: id, limit: 50 })).length,
      },
      {
        name: `dataset ${code}: account added up anew`,
        ask: async () => Number((await addUpLedger(pool, id)).entries),
      },
      {
        name: `catalog.freshness of ${code}`,
        ask: () => view(`select * from catalog.freshness where code = '${code}'`),
      },
      {
        name: `catalog.row_counts of ${code}, last 20`,
        ask: () => view(`select * from catalog.row_counts where code = '${code}' order by run desc limit 20`),
      },
      {
        name: `catalog.months of ${code}`,
        ask: () => view(`select * from catalog.months where code = '${code}'`),
      },
    ]),
    { name: 'runs page, newest 20 of all', ask: async () => (await readRuns(pool, { limit: 20 })).length },
    {
      name: 'ledger page, newest 50 of all',
      ask: async () => (await readLedger(pool, { datasetId: undefined, limit: 50 })).length,
    },
    {
      name: 'ledger totals of all',
      ask: async () => Number((await readLedgerTotals(pool, undefined)).entries > 0n),
    },
    { name: 'catalog.departments', ask: () => view('select * from catalog.departments') },
    {
      name: 'is anything to be judged',
      ask: async () =>
        (await sql`select from guiji.standing where listed and changes_at <= ${now} limit 1`.execute(db)).rows
          .length,
    },
  ]
}
