import type { Period } from './periods.ts'

/** A stretch of every year, `MM-DD/MM-DD`, both ends included; the second may lie in the next year. */
export type Season = string

/**
 * Whether a period is owed in these seasons: any of its days lies in one. Without seasons every period is owed.
 * Months and days are compared as text, so that 02-29 ends February in every year.
 */
export function inSeason(period: Pick<Period, 'firstDay' | 'lastDay'>, seasons: readonly Season[]): boolean {
  return seasons.length === 0 || seasons.some((season) => meets(period, season))
}

function meets({ firstDay, lastDay }: Pick<Period, 'firstDay' | 'lastDay'>, season: Season): boolean {
  const [from = '', to = ''] = season.split('/')
  const day = firstDay.slice(5)
  const begun = from <= to ? from <= day && day <= to : from <= day || day <= to
  if (begun) return true
  const year = Number(firstDay.slice(0, 4))
  const next = [year, year + 1].map((one) => `${String(one).padStart(4, '0')}-${from}`)
  return next.some((start) => firstDay <= start && start <= lastDay)
}
