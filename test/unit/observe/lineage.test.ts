import { describe, expect, test } from 'vitest'
import type { RunEvent, RunSummary } from '../../../src/harvest/run-events.ts'
import { type LineageFacts, lineageEvent } from '../../../src/observe/lineage-event.ts'
import { lineageJson } from '../../../src/observe/send-lineage.ts'

const facts: LineageFacts = {
  run: '7',
  dataset: 'hukou',
  department: 'gongan',
  source: 'gongan_db',
  sourceKind: 'postgres',
  startedAt: new Date('2026-11-09T00:00Z'),
  slotAt: new Date('2026-11-08T23:59Z'),
  published: false,
  bytes: 9_007_199_254_740_993n,
  items: [{ code: 'id', name: '编号', type: 'text' }],
}

const options = { namespace: 'hengshui', version: '1' }

function ended(state: string, own: Partial<RunSummary> = {}): RunEvent {
  const counts = { read: '0', accepted: '0', rejected: '0', duplicate: '0', inserted: '0', updated: '0' }
  const rest = { unchanged: '0', deleted: '0', restored: '0', bytes: '0', heldBefore: '0', heldAfter: '0' }
  return {
    event: 'finished',
    ...({ ...counts, ...rest } as unknown as RunSummary),
    dataset: 'hukou',
    run: '7',
    state,
    lane: 'rows',
    mode: 'snapshot',
    seconds: 1.5,
    cause: null,
    ...own,
  }
}

describe('how a run ended', () => {
  test.each([
    ['succeeded', false, 'COMPLETE'],
    ['partial', true, 'COMPLETE'],
    ['partial', false, 'FAIL'],
    ['failed', false, 'FAIL'],
    ['lost', false, 'FAIL'],
    ['awaiting-approval', false, 'ABORT'],
    ['refused', false, 'ABORT'],
    ['cancelled', false, 'ABORT'],
  ])('%s, published %s, is %s', (state, published, eventType) => {
    const event = lineageEvent(ended(state), { ...facts, published }, options)
    expect(event).toMatchObject({ eventType, eventTime: '2026-11-09T00:00:01.500Z' })
  })
})

test('a count keeps all its digits', () => {
  const summary = { read: '9007199254740993', inserted: '9007199254740992', updated: '3' }
  const text = lineageJson(lineageEvent(ended('succeeded', summary), facts, options) ?? {})
  expect(text).toContain('"rowCount":9007199254740995}')
  expect(text).toContain('"rowCount":9007199254740993,"size":9007199254740993}')
})

test('progress is no event; another workspace’s run has another id', () => {
  const progress: RunEvent = { event: 'progress', run: '7', dataset: 'hukou', read: '1', bytes: 1 }
  expect(lineageEvent(progress, facts, options)).toBeUndefined()
  const id = (namespace: string) =>
    (lineageEvent(ended('failed'), facts, { namespace, version: '1' }) as { run: { runId: string } }).run
      .runId
  expect(id('a')).not.toBe(id('b'))
  expect(id('a')).toBe(id('a'))
})
