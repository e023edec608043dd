import type { SourceDocument, Workspace } from '../../catalog-schema/documents/documents.ts'
import type { TestStep } from '../../src/connector.ts'
import { GuijiError } from '../../src/errors/guiji-error.ts'
import { Circuit } from '../../src/sources/circuit.ts'
import { openWatched } from '../../src/sources/watched-session.ts'
import { causeText } from '../cause-text.ts'
import { chosenSource } from '../chosen-source.ts'
import { type CommandMaker, newCommand, onCall } from '../command.ts'
import { openSource } from '../open-source.ts'
import type { ExitCode, GlobalOptions, Shell } from '../shell.ts'
import { contactText } from '../source-circuits.ts'
import { printable } from '../terminal/width.ts'
import { validWorkspace } from '../valid-workspace.ts'

export const sourceTestCommand: CommandMaker = (shell, done) => {
  const texts = { about: 'help.source-test', example: 'guiji source test gongan_db' } as const
  const command = newCommand(shell, 'test', texts).argument('[code]', shell.say('argument.source'))
  return onCall(command, done, (options, [code]) =>
    test(shell, options, typeof code === 'string' ? code : undefined),
  )
}

interface Tested {
  readonly source: SourceDocument
  readonly steps: readonly TestStep[]
  /** What kept the source from being opened at all. */
  readonly error?: unknown
  readonly ok: boolean
}

async function test(shell: Shell, options: GlobalOptions, code: string | undefined): Promise<ExitCode> {
  const { workspace } = await validWorkspace(options)
  const sources = code === undefined ? workspace.sources : [chosenSource(workspace, code, shell.language)]
  const tested: Tested[] = []
  if (sources.length === 0 && options.json !== true) shell.out.line(shell.say('source.none'))
  for (const source of sources) {
    shell.signal.throwIfAborted()
    const one = await testSource(shell, source, workspace)
    tested.push(one)
    if (options.json !== true) showTested(shell, one)
  }
  if (options.json === true) shell.out.json({ sources: tested.map((one) => testedJson(shell, one)) })
  return tested.every(({ ok }) => ok) ? 0 : 1
}

async function testSource(
  { signal, secrets, clock }: Shell,
  source: SourceDocument,
  { directory, settings, departments }: Workspace,
): Promise<Tested> {
  const steps: TestStep[] = []
  const department = departments.find(({ code }) => code === source.department)
  try {
    const open = () => openSource(source, { directory, outbound: settings.outbound, secrets, signal })
    await using session = await openWatched(open, {
      source: source.code,
      circuit: new Circuit(),
      contact: contactText(department?.contact),
      clock,
      record: async () => {},
    })
    for await (const step of session.test()) steps.push(step)
    return { source, steps, ok: steps.every(({ ok }) => ok) }
  } catch (error) {
    return { source, steps, error, ok: false }
  }
}

function showTested(shell: Shell, { source, steps, error }: Tested): void {
  const { out, say, language, secrets } = shell
  const clean = (text: string) => printable(secrets.redact(text))
  out.line(say('source.title', { code: source.code, name: source.name, kind: source.kind }))
  for (const step of steps) {
    const sign = step.ok ? '✓' : '✗'
    // A failed step's detail is often its error in English, which follows in the language that was asked for.
    const detail = step.detail === step.error?.message ? '' : clean(step.detail)
    out.line(`  ${sign} ${step.name[language]} (${Math.round(step.milliseconds)} ms) ${detail}`.trimEnd())
    const cause = causeText(step.cause ?? null, language)
    if (cause !== '') out.line(`    ${cause}`)
    if (step.error !== undefined) out.lines(errorLines(shell, step.error).map((line) => `    ${clean(line)}`))
  }
  if (error !== undefined) out.lines(errorLines(shell, error).map((line) => `  ✗ ${clean(line)}`))
}

function errorLines({ say, language }: Shell, error: unknown): string[] {
  if (!(error instanceof GuijiError)) return [error instanceof Error ? error.message : String(error)]
  return [`${error.code}: ${error.fact(language)}`, say('harvest.hint', { hint: error.hint(language) })]
}

function testedJson(shell: Shell, { source, steps, error, ok }: Tested): object {
  const { language, secrets } = shell
  return {
    source: source.code,
    kind: source.kind,
    ok,
    steps: steps.map((step) => ({
      name: step.name[language],
      ok: step.ok,
      detail: secrets.redact(step.detail),
      milliseconds: Math.round(step.milliseconds),
      cause: step.cause ?? null,
      error: step.error === undefined ? null : errorJson(shell, step.error),
    })),
    error: error === undefined ? null : errorJson(shell, error),
  }
}

function errorJson({ language, secrets }: Shell, error: unknown): object {
  if (error instanceof GuijiError) {
    const { code } = error
    return { code, fact: secrets.redact(error.fact(language)), hint: secrets.redact(error.hint(language)) }
  }
  return { code: 'UNEXPECTED', fact: secrets.redact(String(error)), hint: '' }
}
