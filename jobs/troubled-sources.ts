import type { TroubledSource } from '../src/sources/record-health.ts'
import { causeText } from './cause-text.ts'
import type { Shell } from './shell.ts'
import { instantText, shortInstant } from './terminal/format.ts'

/** Sources that are left alone after failures in a row, one line each. */
export function troubledLines(
  { say, language }: Shell,
  troubled: readonly TroubledSource[],
  zone: string,
): string[] {
  return troubled.map(({ source, failures, code, cause, since, until }) =>
    say('status.troubled', {
      source,
      failures,
      code,
      cause: causeText(cause, language),
      since: shortInstant(since, zone),
      until: shortInstant(until, zone),
    }),
  )
}

/** The same for programs; nothing where no source is left alone. */
export function troubledJson(troubled: readonly TroubledSource[], zone: string): object {
  if (troubled.length === 0) return {}
  return {
    sources: troubled.map((one) => ({
      ...one,
      since: instantText(one.since, zone),
      until: instantText(one.until, zone),
    })),
  }
}
