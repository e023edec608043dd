import { commandErrors } from '../src/errors/command-errors.ts'
import { documentErrors } from '../src/errors/document-errors.ts'
import { type ErrorCode, GuijiError } from '../src/errors/guiji-error.ts'
import { formatProblem } from '../src/workspace/problem.ts'
import { InvalidDocuments } from './invalid-documents.ts'
import { problemJson } from './problem-words.ts'
import type { ExitCode, Shell } from './shell.ts'

/** Errors of a correct command line on correct documents, although they stand in those tables. */
const failures: readonly ErrorCode[] = ['SECRET_MISSING', 'QUERY_FAILED']
const usage: readonly ErrorCode[] = [
  'DATASET_UNKNOWN',
  'RUN_UNKNOWN',
  'STORE_URL_INVALID',
  'CONNECTOR_UNKNOWN',
]

/** Says what stopped a command, as text on stderr and, where JSON was asked for, as JSON on stdout. */
export function reportError(shell: Shell, met: unknown, json: boolean): ExitCode {
  const error = shell.storeTrouble.of(met)
  const { say, language, err } = shell
  if (shell.signal.aborted && !(error instanceof GuijiError)) {
    err.line(say('error.cancelled'))
    return 1
  }
  const known = error instanceof GuijiError ? error : undefined
  const said = known?.fact(language) ?? say('error.unexpected', { message: messageOf(error) })
  const fact = shell.secrets.redact(said)
  const hint = shell.secrets.redact(known?.hint(language) ?? say('error.unexpected-hint'))
  const code = known?.code ?? 'UNEXPECTED'
  const problems = error instanceof InvalidDocuments ? error.problems : []
  if (json) {
    const listed = problems.map((problem) => problemJson(problem, language))
    const recovery = known?.recovery ?? 'abort'
    shell.out.json({ error: { code, fact, hint, recovery }, ...(listed.length > 0 && { problems: listed }) })
  }
  err.lines(problems.map((problem) => formatProblem(problem, language)))
  err.line(say('error.error', { code, fact }))
  if (hint !== '') err.line(say('error.hint', { hint }))
  return known === undefined ? 1 : exitCodeOf(known.code)
}

export function exitCodeOf(code: ErrorCode): ExitCode {
  if (failures.includes(code)) return 1
  const wrongUse = Object.hasOwn(documentErrors, code) || Object.hasOwn(commandErrors, code)
  return wrongUse || usage.includes(code) ? 2 : 1
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error)
}
