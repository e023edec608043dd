import { expect, test } from 'vitest'
import { GuijiError } from '../../../src/errors/guiji-error.ts'

test('what a source said is quoted without characters that a store or a terminal takes amiss', () => {
  const error = new GuijiError('SOURCE_NOT_JSON', { source: 's', detail: 'a\0b\x1b[2Jc\ud800d\n衡' })
  expect(error.details.detail).toBe('a\ufffdb\ufffd[2Jc\ufffdd\n衡')
  expect(error.message + error.fact('zh')).not.toMatch(/[\0\x1b]/)
})

test('an error that passes on the failure of another has its cause', () => {
  expect(new GuijiError('SOURCE_LEFT_ALONE').blame).toBe('source-unreachable:refused')
  const error = new GuijiError('SOURCE_LEFT_ALONE', {}, { blame: 'source-unreachable:dns' })
  expect(error.blame).toBe('source-unreachable:dns')
})
