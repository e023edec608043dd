import { PassThrough } from 'node:stream'
import { text } from 'node:stream/consumers'
import { KnownSecrets } from '../../../jobs/known-secrets.ts'
import { speaker } from '../../../jobs/messages.ts'
import { runProgram } from '../../../jobs/program.ts'
import { StoreTrouble } from '../../../jobs/store-trouble.ts'
import { outputTo } from '../../../jobs/terminal/output.ts'
import type { Language } from '../../../src/errors/table.ts'

/** What `guiji <words> --help` prints. */
export async function helpPage(words: readonly string[], language: Language = 'en'): Promise<string> {
  const stream = new PassThrough()
  const out = outputTo(stream)
  await runProgram(
    {
      language,
      say: speaker(language),
      out,
      err: out,
      signal: new AbortController().signal,
      clock: () => 0,
      user: 'reader',
      secrets: new KnownSecrets(),
      storeTrouble: new StoreTrouble(),
    },
    [...words, '--help'],
  )
  stream.end()
  return await text(stream)
}

export interface KnownCommand {
  readonly options: readonly string[]
  /** Commands below this one; none: its own words follow. */
  readonly below: ReadonlyMap<string, KnownCommand>
}

/** The commands as guiji itself tells them. */
export async function knownCommand(words: readonly string[] = []): Promise<KnownCommand> {
  const told = await helpPage(words)
  const list = told.split(/^Commands:$/m)[1] ?? ''
  const names = [...list.matchAll(/^ {2}([a-z][a-z-]*)/gm)].map(([, name = '']) => name)
  const below = new Map<string, KnownCommand>()
  for (const name of names.filter((one) => one !== 'help'))
    below.set(name, await knownCommand([...words, name]))
  return {
    options: [...told.matchAll(/^ {2}(?:-\w, )?(--[a-z-]+)/gm)].map(([, option = '']) => option),
    below,
  }
}

/** What is wrong with a written command; undefined: guiji would understand its words and options. */
export function faultOf(line: string, guiji: KnownCommand): string | undefined {
  // After `guiji`, up to the end of the command: a pipe, a closing bracket or quote of the shell, a comment.
  const written = /(?:^|[\s(/])guiji(?: --(?= ))?((?: +[^\s|;&)#]+)*)/.exec(line)?.[1]
  if (written === undefined) return undefined
  const parts = written
    .trim()
    .replaceAll(/'[^']*'|"[^"]*"/g, 'text')
    .split(/ +/)
    .filter((part) => part !== '')
  let command = guiji
  for (const part of parts) {
    if (part.startsWith('--')) {
      const option = part.split('=')[0] ?? ''
      if (!command.options.includes(option)) return `${line}: no option ${option}`
      continue
    }
    if (command.below.size === 0) continue
    const next = command.below.get(part)
    if (next === undefined) return `${line}: no command ${part}`
    command = next
  }
  return undefined
}
