import { sql } from 'kysely'
import { expect, test } from 'vitest'
import { planSlots } from '../../../src/schedule/plan-slots.ts'
import { readWorkers } from '../../../src/schedule/read-workers.ts'
import { failSlot, finishSlot, giveBackSlot } from '../../../src/schedule/release-slots.ts'
import { openSeats } from '../../../src/schedule/seats.ts'
import { takeSlots } from '../../../src/schedule/take-slots.ts'
import { giveBackOfDead } from '../../../src/schedule/workers.ts'
import { type City, city } from './city.ts'
import { at, slotsOf, testWorker } from './slot-town.ts'

/** One harvest whose slot of 18:30 is due. */
async function due(town: City) {
  const nightly = await town.dataset('nightly', { cycle: 'daily', cadence: '30 2 * * *' })
  await planSlots(town.db, { now: at('10T00:00'), until: at('10T20:00') })
  return nightly
}

const now = at('10T20:00')

test('a dead worker’s slot is given back by its lease, however long its run takes', async () => {
  await using town = await city()
  await using one = await testWorker(town)
  await using other = await testWorker(town)
  await due(town)
  expect(await one.take(now)).toHaveLength(1)
  // Days later by the clock of the slots: the worker still lives.
  expect(await other.take(at('13T20:00'))).toEqual([])
  await one.die()
  expect(await other.take(now)).toHaveLength(1)
})

test('a slot whose worker died in mid-run is taken again once its run is silent', async () => {
  await using town = await city()
  await using one = await testWorker(town)
  await using other = await testWorker(town)
  const nightly = await due(town)
  const [slot] = await one.take(now)
  if (slot === undefined) throw new Error('nothing was taken')
  await town.run(nightly, '2026-11-10T20:00Z', { state: 'running', slot: slot.instant })
  await one.die()
  expect(await other.take(now)).toEqual([])
  await sql`update guiji.run set lease_until = clock_timestamp()`.execute(town.db)
  expect((await other.take(now)).map(({ instant }) => instant)).toEqual([slot.instant])
})

test('a worker that was taken for dead takes nothing back from its successor', async () => {
  await using town = await city()
  await using zombie = await testWorker(town)
  await using other = await testWorker(town)
  const nightly = await due(town)
  const [lost] = await zombie.take(now)
  await zombie.die()
  const [slot] = await other.take(now)
  if (lost === undefined || slot === undefined) throw new Error('nothing was taken')
  await giveBackSlot(town.db, lost)
  await failSlot(town.db, lost, { worker: 'zombie', now, error: { code: 'UNEXPECTED' } })
  expect(await slotsOf(town, nightly)).toEqual(['10T18:30 taken'])
  const { rows } = await sql<{ worker_id: bigint }>`select worker_id from guiji.seat`.execute(town.db)
  expect(rows).toEqual([{ worker_id: other.id }])
})

test('a slot that a zombie did serve is done, not run again; a second run of it is refused', async () => {
  await using town = await city()
  await using zombie = await testWorker(town)
  await using other = await testWorker(town)
  const nightly = await due(town)
  const [slot] = await zombie.take(now)
  if (slot === undefined) throw new Error('nothing was taken')
  await zombie.die()
  await giveBackOfDead(town.db)
  expect(await slotsOf(town, nightly)).toEqual(['10T18:30 planned'])
  await town.run(nightly, '2026-11-10T20:00Z', { slot: slot.instant })
  expect(await other.take(now)).toEqual([])
  expect(await slotsOf(town, nightly)).toEqual(['10T18:30 done'])
  const again = town.run(nightly, '2026-11-10T20:05Z', { slot: slot.instant })
  await expect(again).rejects.toThrow('run_of_slot')
})

test('a slot that kills its workers is given up, and says so', async () => {
  await using town = await city()
  const nightly = await due(town)
  for (let turn = 0; turn < 3; turn++) {
    await using worker = await testWorker(town)
    expect(await worker.take(now)).toHaveLength(1)
    await worker.die()
  }
  await using worker = await testWorker(town)
  expect(await worker.take(now)).toEqual([])
  expect(await slotsOf(town, nightly)).toEqual(['10T18:30 skipped gave-up'])
})

test('a slot whose run cannot begin is tried again, then on record with the reason and a failed run', async () => {
  await using town = await city()
  await using worker = await testWorker(town)
  const nightly = await due(town)
  const failure = { worker: 'here/1', now, error: { code: 'HARVEST_MISSING' } }
  for (let turn = 0; turn < 3; turn++) {
    const [slot] = await worker.take(now)
    if (slot === undefined) throw new Error('nothing was taken')
    await failSlot(town.db, slot, failure)
    // It rests first.
    expect(await worker.take(now)).toEqual([])
    await sql`update guiji.slot set free_at = clock_timestamp()`.execute(town.db)
  }
  expect(await worker.take(now)).toEqual([])
  expect(await slotsOf(town, nightly)).toEqual(['10T18:30 skipped not-started'])
  const { rows } = await sql`
    select r.state, r.cause, r.error, r.slot_at from guiji.run r join guiji.slot s on s.run_id = r.id`.execute(
    town.db,
  )
  expect(rows).toEqual([
    {
      state: 'failed',
      cause: 'platform-failed',
      error: { code: 'HARVEST_MISSING' },
      slot_at: at('10T18:30'),
    },
  ])
})

test('a source has as many seats as its politeness says, over all workers, and a long queue keeps no other waiting', async () => {
  await using town = await city()
  await using one = await testWorker(town)
  await using other = await testWorker(town)
  const pace = { cycle: 'daily', cadence: '30 2 * * *' } as const
  for (let index = 0; index < 20; index++)
    await town.dataset(`busy${index}`, { ...pace, source: 'busy', connections: 3 })
  await town.dataset('quiet', { ...pace, cadence: '40 2 * * *', source: 'quiet', connections: 1 })
  await planSlots(town.db, { now: at('10T00:00'), until: now })
  // Ten connections that are open already, so that nobody comes late.
  await Promise.all(Array.from({ length: 10 }, () => town.database.pool.query('select pg_sleep(0.2)')))
  const rush = Array.from({ length: 10 }, (_, index) =>
    takeSlots(town.db, { workerId: index % 2 === 0 ? one.id : other.id, now, limit: 10 }),
  )
  const taken = (await Promise.all(rush)).flat()
  const sources = taken.map(({ dataset }) => dataset.replace(/\d+/, '')).sort()
  expect(sources).toEqual(['busy', 'busy', 'busy', 'quiet'])
  const [done] = taken.filter(({ dataset }) => dataset.startsWith('busy'))
  if (done === undefined) throw new Error('nothing was taken')
  await giveBackSlot(town.db, done, 600)
  expect(await other.take(now, 10)).toHaveLength(1)
})

test('the next free seat goes to the person who waits, not to the queue', async () => {
  await using town = await city()
  await using worker = await testWorker(town)
  await using person = await testWorker(town)
  const pace = { cycle: 'daily', cadence: '30 2 * * *', source: 'busy', connections: 1 } as const
  for (let index = 0; index < 3; index++) await town.dataset(`queued${index}`, pace)
  const wanted = await town.dataset('wanted', { cycle: 'irregular', source: 'busy' })
  await planSlots(town.db, { now: at('10T00:00'), until: now })
  const [slot] = await worker.take(now)
  if (slot === undefined) throw new Error('nothing was taken')
  const seats = openSeats(town.db, person.id)
  const request = { harvestId: wanted.harvest, source: 'busy', connections: 1 }
  expect(await seats.trySeat(request)).toBeUndefined()
  await finishSlot(
    town.db,
    slot,
    await town.run({ id: slot.datasetId, harvest: slot.harvestId }, '2026-11-10T20:00Z', {}),
  )
  expect(await worker.take(now)).toEqual([])
  {
    await using seat = await seats.trySeat(request)
    expect(seat).toBeDefined()
    expect(await worker.take(now)).toEqual([])
  }
  expect(await worker.take(now)).toHaveLength(1)
})

test('a seat that the store could not take back is given back with the next that is asked for', async () => {
  await using town = await city()
  await using person = await testWorker(town)
  const pace = { cycle: 'irregular', source: 'busy' } as const
  const first = await town.dataset('first', pace)
  const second = await town.dataset('second', pace)
  const seats = openSeats(town.db, person.id)
  const request = ({ harvest }: { readonly harvest: bigint }) =>
    ({ harvestId: harvest, source: 'busy', connections: 1 }) as const
  const seat = await seats.trySeat(request(first))
  await sql`alter table guiji.seat rename to seat_away`.execute(town.db)
  await seat?.[Symbol.asyncDispose]()
  await sql`alter table guiji.seat_away rename to seat`.execute(town.db)
  expect((await sql`select from guiji.seat`.execute(town.db)).rows).toHaveLength(1)
  expect(await seats.trySeat(request(second))).toBeDefined()
  const { rows } = await sql`select harvest_id as sits from guiji.seat`.execute(town.db)
  expect(rows).toEqual([{ sits: second.harvest }])
})

test('who is alive, who is gone, who has ended, and what they run', async () => {
  await using town = await city()
  await using worker = await testWorker(town)
  await using dead = await testWorker(town)
  const ended = await testWorker(town)
  await due(town)
  await worker.take(now)
  await dead.die()
  await ended[Symbol.asyncDispose]()
  const found = await readWorkers(town.db)
  expect(found.map(({ id, state, datasets }) => ({ id, state, datasets }))).toEqual([
    { id: worker.id, state: 'alive', datasets: ['nightly'] },
    { id: ended.id, state: 'ended', datasets: [] },
    { id: dead.id, state: 'gone', datasets: [] },
  ])
})
