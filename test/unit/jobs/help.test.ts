import { expect, test } from 'vitest'
import { helpPage, type KnownCommand, knownCommand } from '../house/command-line.ts'

function wordsOf(command: KnownCommand, before: readonly string[] = []): string[][] {
  const below = [...command.below].flatMap(([name, one]) => wordsOf(one, [...before, name]))
  return [[...before], ...below]
}

/** What a help page says of each command, argument and option: the text behind the name. */
function texts(page: string): string[] {
  return page
    .split('\n')
    .filter((line) => /^ {2}\S.* {2,}\S/.test(line))
    .map((line) => line.trim().replace(/^.*? {2,}/, ''))
}

test('every help page says everything in the language that was asked for', async () => {
  const all = wordsOf(await knownCommand())
  expect(all.length).toBeGreaterThan(18)
  for (const words of all) {
    const [zh, en] = [await helpPage(words, 'zh'), await helpPage(words, 'en')]
    expect(texts(zh).filter((text) => !/[\u4e00-\u9fff]/.test(text))).toEqual([])
    expect(texts(zh)).toHaveLength(texts(en).length)
    expect(en).not.toMatch(/[\u4e00-\u9fff]/)
    expect(zh).toContain('用法：')
  }
})
