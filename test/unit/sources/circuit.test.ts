import { expect, test } from 'vitest'
import { GuijiError } from '../../../src/errors/guiji-error.ts'
import { Circuit } from '../../../src/sources/circuit.ts'

const limits = { failures: 3, pause: 1000, longestPause: 3000 }
const refused = () => new GuijiError('SOURCE_REFUSED', { source: 's', address: 'a:1' })

function opened(): Circuit {
  const circuit = new Circuit(limits)
  for (let turn = 0; turn < 3; turn++) {
    expect(circuit.admit(0)).toBe(true)
    expect(circuit.failed(refused(), 0)).toBe(turn === 2)
  }
  return circuit
}

test('opens after failures in a row and not before', () => {
  const circuit = new Circuit(limits)
  circuit.failed(refused(), 0)
  circuit.failed(refused(), 0)
  expect(circuit.answered()).toBe(true)
  circuit.failed(refused(), 0)
  circuit.failed(refused(), 0)
  expect(circuit.admit(0)).toBe(true)
  expect(circuit.failed(refused(), 5)).toBe(true)
  expect(circuit.state).toEqual({
    state: 'open',
    failures: 3,
    code: 'SOURCE_REFUSED',
    cause: 'source-unreachable:refused',
    since: 5,
    until: 1005,
  })
})

test('lets nobody pass while open, then one probe, whose answer closes it', () => {
  const circuit = opened()
  expect([0, 999].map((now) => circuit.admit(now))).toEqual([false, false])
  expect([1000, 1000].map((now) => circuit.admit(now))).toEqual([true, false])
  expect(circuit.answered()).toBe(true)
  expect(circuit.state).toEqual({ state: 'closed', failures: 0 })
  expect([1001, 1001].map((now) => circuit.admit(now))).toEqual([true, true])
})

test('waits twice as long after each probe that fails, up to the longest pause', () => {
  const circuit = opened()
  let now = 0
  const pauses: number[] = []
  for (let turn = 0; turn < 4; turn++) {
    now = circuit.state.until ?? 0
    expect(circuit.admit(now)).toBe(true)
    expect(circuit.failed(refused(), now)).toBe(true)
    pauses.push((circuit.state.until ?? 0) - now)
  }
  expect(pauses).toEqual([2000, 3000, 3000, 3000])
  expect(circuit.state).toMatchObject({ since: 0, failures: 7 })
})

test('a probe that tells nothing leaves the next one free', () => {
  const circuit = opened()
  circuit.admit(1000)
  circuit.abandoned()
  expect(circuit.admit(1000)).toBe(true)
  expect(circuit.failed(new GuijiError('SOURCE_NOT_JSON'), 1000)).toBe(false)
  expect(circuit.admit(1000)).toBe(true)
})

test('wrong content says nothing against the source', () => {
  const circuit = new Circuit(limits)
  for (let turn = 0; turn < 9; turn++) circuit.failed(new GuijiError('SOURCE_RECORDS_MISSING'), turn)
  expect(circuit.state).toEqual({ state: 'closed', failures: 0 })
})

test('failures of readings that were under way do not lengthen the pause', () => {
  const circuit = opened()
  expect(circuit.failed(refused(), 10)).toBe(false)
  expect(circuit.state).toMatchObject({ state: 'open', failures: 4, since: 0 })
})
