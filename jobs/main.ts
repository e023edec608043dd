import { userInfo } from 'node:os'
import { environment } from './environment.ts'
import { KnownSecrets } from './known-secrets.ts'
import { isLanguage, localeLanguage } from './language.ts'
import { speaker } from './messages.ts'
import { runProgram } from './program.ts'
import { reportError } from './report-error.ts'
import type { Shell } from './shell.ts'
import { stopSignal } from './stop-signal.ts'
import { StoreTrouble } from './store-trouble.ts'
import { outputTo } from './terminal/output.ts'
import { findWorkspace, readSettings } from './workspace-folder.ts'

/** Runs the command line of this process and sets its exit code. */
async function main(words: readonly string[]): Promise<void> {
  const language = await chooseLanguage(words)
  const say = speaker(language)
  const err = outputTo(process.stderr)
  const shell: Shell = {
    language,
    say,
    out: outputTo(process.stdout),
    err,
    signal: stopSignal(process, () => err.line(say('harvest.stopping'))),
    clock: Date.now,
    secrets: new KnownSecrets(),
    storeTrouble: new StoreTrouble(),
    user: environment.SUDO_USER ?? environment.USER ?? userInfo().username,
  }
  try {
    process.exitCode = await runProgram(shell, words)
  } catch (error) {
    process.exitCode = reportError(shell, error, words.includes('--json'))
  }
}

/** `--lang`, else what the locale asks for, else the workspace's own, else English. */
async function chooseLanguage(words: readonly string[]) {
  const asked = optionOf(words, '--lang')
  if (isLanguage(asked)) return asked
  const locale = localeLanguage(environment)
  if (locale !== undefined) return locale
  const directory = await findWorkspace(optionOf(words, '--workspace'), process.cwd())
  const settings = await readSettings(directory).catch(() => undefined)
  return settings?.language ?? 'en'
}

/** An option's value before commander reads the line: help and complaints are already in the language. */
function optionOf(words: readonly string[], name: string): string | undefined {
  const at = words.findIndex((word) => word === name || word.startsWith(`${name}=`))
  const found = words[at]
  return found === name ? words[at + 1] : found?.slice(name.length + 1)
}

// A reader that closed the pipe (`guiji export … | head`) has had enough: that is no failure.
for (const stream of [process.stdout, process.stderr]) {
  stream.on('error', (error: NodeJS.ErrnoException) => {
    if (error.code !== 'EPIPE') throw error
    process.exitCode = 0
    process.kill(process.pid, 'SIGTERM')
  })
}

await main(process.argv.slice(2))
