import type pg from 'pg'
import { judge } from '../../src/freshness/judge.ts'
import { noRows } from '../../src/harvest/accounts.ts'
import { finishUnchanged } from '../../src/harvest/finish-unchanged.ts'
import { claimRun } from '../../src/harvest/lifecycle/claim.ts'
import { releaseRun } from '../../src/harvest/run-record.ts'
import type { HarvestTarget } from '../../src/harvest/target.ts'
import { writeEntry } from '../../src/ledger/ledger.ts'
import { median, seconds } from '../measure.ts'
import type { BoardGround } from './ground.ts'

/** Milliseconds (median) of the steps that every run takes in the control tables, for dataset 1 of the store. */
export async function claimAndPublish(
  { pool, db }: BoardGround,
  rounds: number,
): Promise<Map<string, number>> {
  const target = await targetIn(pool)
  const times = new Map<string, number[]>()
  const time = async (step: string, work: () => Promise<unknown>) => {
    const steps = times.get(step) ?? []
    times.set(step, steps)
    steps.push((await seconds(work)) * 1000)
  }
  const client = await pool.connect()
  try {
    for (let round = 0; round < rounds * 5; round += 1) {
      const now = new Date()
      let run = { runId: 0n, fence: 0n }
      await time('claim', async () => {
        run = await claimRun(client, target, { worker: 'bench', now })
      })
      const about = { ...run, datasetId: target.datasetId, dataset: 'x1', accounts: noRows, bytes: 0 }
      await time('ledger entry of a chunk', () => writeEntry(client, { ...about, chunk: 0, kind: 'chunk' }))
      await time('publish', () => publishUnchanged(client, target, run, now))
      await releaseRun(client, run.runId)
      await time('judge the dataset', () => judge(db, { now: new Date(), datasetIds: [target.datasetId] }))
    }
  } finally {
    client.release()
  }
  return new Map([...times].map(([step, all]) => [step, median(all.slice(rounds))]))
}

function publishUnchanged(
  client: pg.ClientBase,
  target: HarvestTarget,
  run: { readonly runId: bigint; readonly fence: bigint },
  now: Date,
): Promise<void> {
  const listing = { unchanged: true, unchangedBy: 'etag', end: () => ({}) }
  return finishUnchanged(client, target, run, {
    listing: listing as unknown as Parameters<typeof finishUnchanged>[3]['listing'],
    startedAt: now.toISOString(),
    now,
  })
}

/** Dataset 1; made, with what it needs, where the store is empty. */
async function targetIn(pool: pg.Pool): Promise<HarvestTarget> {
  await pool.query(
    `insert into guiji.department (code, name) values ('d2', '部门') on conflict do nothing;
     insert into guiji.source (code, name, department, kind, definition) values ('s2', '系统', 'd2', 'csv', '{}')
     on conflict do nothing;
     insert into guiji.dataset (code, name, department, table_name, sharing_type, definition)
     values ('x1', '共享信息1', 'd2', 'x1', 'none', '{}') on conflict do nothing;
     insert into guiji.harvest (dataset_id, source, mode, definition, enabled)
     select id, 's2', 'snapshot', '{}', true from guiji.dataset where code = 'x1' on conflict do nothing;
     insert into guiji.commitment (dataset_id, cycle, time_zone, calendar, due_time, due_after_days, satisfied_by,
       effective_from, recorded_at)
     select id, 'hourly', 'Asia/Shanghai', 'cn', '08:00', 1, 'check', '2016-01-01', '2016-01-01' from guiji.dataset
     where code = 'x1' on conflict do nothing;
     insert into guiji.dataset_state (dataset_id) select id from guiji.dataset where code = 'x1' on conflict do nothing`,
  )
  const { rows } = await pool.query<{ dataset: bigint; harvest: bigint }>(
    `select d.id as dataset, h.id as harvest from guiji.dataset d join guiji.harvest h on h.dataset_id = d.id
     where d.code = 'x1'`,
  )
  const found = rows[0]
  if (found === undefined) throw new Error('dataset x1 was not made')
  const target = { datasetId: found.dataset, harvestId: found.harvest, dataset: { code: 'x1' } }
  return target as unknown as HarvestTarget
}
