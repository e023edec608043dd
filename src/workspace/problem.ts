import type { Text } from '../connector.ts'
import type { ErrorCode, ErrorDetails } from '../errors/guiji-error.ts'
import { GuijiError } from '../errors/guiji-error.ts'
import type { Language } from '../errors/table.ts'

/** A place in a document. Lines and columns count from 1; in a sheet they are its rows and columns. */
export interface DocumentPlace {
  /** Relative to the workspace, with `/`. */
  readonly file: string
  readonly line: number
  readonly column: number
}

/** One thing wrong in what an administrator wrote. All problems of a workspace are reported at once. */
export interface Problem extends DocumentPlace {
  readonly code: ErrorCode
  readonly found: string
  readonly expected: string
  readonly nearest?: string
  /** Fact and next step, without the place. */
  message(language: Language): string
}

export interface ProblemDetails {
  readonly found?: string | Text
  readonly expected?: string | Text
  readonly nearest?: string | undefined
  readonly [detail: string]: string | Text | undefined
}

export function createProblem(place: DocumentPlace, code: ErrorCode, details: ProblemDetails): Problem {
  const nearest = details.nearest
  return {
    file: place.file,
    line: place.line,
    column: place.column,
    code,
    found: inLanguage(details.found, 'en') ?? '',
    expected: inLanguage(details.expected, 'en') ?? '',
    ...(nearest === undefined ? {} : { nearest }),
    message(language) {
      const error = new GuijiError(code, {
        ...translate(details, language),
        suggestion: suggestion(nearest, language),
      })
      return `${error.fact(language)}${language === 'zh' ? '；' : '; '}${error.hint(language)}`
    },
  }
}

/** `catalog/gongan.yaml:12:15 unknown word …`, one line. */
export function formatProblem(problem: Problem, language: Language): string {
  return `${formatPlace(problem)} ${problem.message(language)}`
}

export function formatPlace(place: DocumentPlace): string {
  return `${place.file}:${place.line}:${place.column}`
}

export function sortProblems(problems: readonly Problem[]): Problem[] {
  return [...problems].sort(
    (a, b) => compare(a.file, b.file) || a.line - b.line || a.column - b.column || compare(a.code, b.code),
  )
}

/** A found value as it is shown: one line, at most 80 characters. */
export function excerpt(value: string): string {
  const line = [...value.replace(/\s+/g, ' ').trim()]
  return line.length > 80 ? `${line.slice(0, 79).join('')}…` : line.join('')
}

function translate(details: ProblemDetails, language: Language): ErrorDetails {
  return Object.fromEntries(
    Object.entries(details).map(([name, value]) => [name, inLanguage(value, language)]),
  )
}

function inLanguage(value: string | Text | undefined, language: Language): string | undefined {
  return typeof value === 'object' ? value[language] : value
}

function suggestion(nearest: string | undefined, language: Language): string {
  if (nearest === undefined) return ''
  return language === 'zh' ? `是否应为“${nearest}”？` : `did you mean "${nearest}"? `
}

function compare(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0
}
