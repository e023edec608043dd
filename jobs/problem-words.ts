import type { Language } from '../src/errors/table.ts'
import { formatProblem, type Problem } from '../src/workspace/problem.ts'
import type { Shell } from './shell.ts'

/** Places still to be filled in that are listed before the rest is only counted. */
const unfinishedShown = 20

/** A problem as programs get it. */
export function problemJson(problem: Problem, language: Language): object {
  const { file, line, column, code, found, expected, nearest } = problem
  return { file, line, column, code, message: problem.message(language), found, expected, nearest }
}

/** The places marked 待补: the first of them, and how many more there are. */
export function unfinishedLines(unfinished: readonly Problem[], { say, language }: Shell): string[] {
  if (unfinished.length === 0) return []
  const more = unfinished.length - unfinishedShown
  return [
    say('apply.unfinished', { count: unfinished.length }),
    ...unfinished.slice(0, unfinishedShown).map((one) => `  ${formatProblem(one, language)}`),
    ...(more > 0 ? [`  ${say('apply.more', { count: more })}`] : []),
  ]
}
