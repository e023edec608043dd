import { readdir, readFile } from 'node:fs/promises'
import { expect, test } from 'vitest'
import { messages, speaker } from '../../../jobs/messages.ts'

const entries = Object.entries(messages)

test('every message is there in both languages, with the same details', () => {
  const places = (text: string) => [...text.matchAll(/\{\w+\}/g)].map(([place]) => place).sort()
  for (const [key, { en, zh }] of entries) {
    expect([key, en.trim() !== '' && zh.trim() !== '']).toEqual([key, true])
    expect([key, places(zh)]).toEqual([key, places(en)])
  }
})

test('the Chinese of a message is Chinese', () => {
  for (const [key, { zh }] of entries) {
    // What is punctuation around its details alone has nothing to translate.
    if (/\p{L}/u.test(zh.replaceAll(/\{\w+\}/g, '')))
      expect([key, /[\u4e00-\u9fff]/.test(zh)]).toEqual([key, true])
  }
})

test('details are filled in; one that is missing leaves nothing', () => {
  const say = speaker('en')
  expect(say('apply.done', { version: 7n })).toBe('applied as version 7')
  expect(say('apply.done')).toBe('applied as version ')
})

test('no message lies unused', async () => {
  const folder = new URL('../../../jobs/', import.meta.url)
  const files = (await readdir(folder, { recursive: true })).filter(
    (file) => file.endsWith('.ts') && !file.startsWith('messages'),
  )
  const code = (await Promise.all(files.map((file) => readFile(new URL(file, folder), 'utf8')))).join('\n')
  const built = [
    'state.',
    'reason.',
    'run.',
    'ledger.kind.',
    'place.',
    'restart.',
    'plan.',
    'schedule.state.',
    'schedule.missed.',
    'schedule.without.',
    'worker.state.',
    'help.approve',
    'help.refuse',
    'alert.event.',
    'alert.severity.',
    'alert.told.',
  ]
  const unused = entries
    .map(([key]) => key)
    .filter((key) => !code.includes(`'${key}'`) && !built.some((start) => key.startsWith(start)))
  expect(unused).toEqual([])
})
