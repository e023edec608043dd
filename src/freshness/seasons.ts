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
  if (within(season, firstDay)) return true
  const [month = 0, day = 0] = season.split('-').map((text) => Number.parseInt(text, 10))
  const year = Number(firstDay.slice(0, 4))
  // A season may begin on a day that the year does not have: then on the next, if that is still of the season.
  return [year, year + 1]
    .map((one) => new Date(Date.UTC(one, month - 1, day)).toISOString().slice(0, 10))
    .some((first) => firstDay <= first && first <= lastDay && within(season, first))
}

function within(season: Season, date: string): boolean {
  const [from = '', to = ''] = season.split('/')
  const day = date.slice(5)
  return from <= to ? from <= day && day <= to : from <= day || day <= to
}
