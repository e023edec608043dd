import { expect, test } from 'vitest'
import { nearestWord } from '../../../src/workspace/nearest-word.ts'

const cycles = ['实时', '每日', '每周', '每季度', 'daily', 'weekly']

test.each([
  ['每曰', '每日'],
  ['每季', '每季度'],
  ['Dialy', 'daily'],
  ['weekyl', 'weekly'],
  ['实时更', '实时'],
])('%s is near to %s', (written, expected) => {
  expect(nearestWord(written, cycles)).toBe(expected)
})

test.each([['完全不同'], ['x'], ['']])('nothing is near to "%s"', (written) => {
  expect(nearestWord(written, cycles)).toBeUndefined()
})

test('of two the nearer is offered; one that continues the word only where nothing else is near', () => {
  expect(nearestWord('passed', ['passed_at', 'parsed'])).toBe('parsed')
  expect(nearestWord('passed', ['passed_at', 'plate'])).toBe('passed_at')
})
