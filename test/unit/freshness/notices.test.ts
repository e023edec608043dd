import { readdir, readFile } from 'node:fs/promises'
import path from 'node:path'
import { expect, test } from 'vitest'
import { noticedDays } from '../../../src/freshness/seed-calendar.ts'
import { isWorked, lastKnownYear } from './oracle/holidays.ts'

/** A folder of `<year>.json` as holiday-cn gives them: the State Council's notices, read by others. */
const folder = process.env.GUIJI_HOLIDAY_NOTICES

interface Notice {
  readonly year: number
  readonly days: readonly { readonly date: string; readonly isOffDay: boolean; readonly name: string }[]
}

test.skipIf(folder === undefined)(
  'the notices that guiji brings are those others read (skipped unless GUIJI_HOLIDAY_NOTICES names them)',
  async () => {
    const years = (await readdir(folder ?? '')).filter((name) => /^\d{4}\.json$/.test(name))
    expect(years.length).toBeGreaterThan(0)
    for (const file of years) {
      const notice = JSON.parse(await readFile(path.join(folder ?? '', file), 'utf8')) as Notice
      if (notice.days.length === 0) continue
      const theirs = notice.days.map(
        ({ date, isOffDay, name }) => `${date} ${isOffDay ? 'off' : 'worked'} ${name}`,
      )
      const ours = noticedDays()
        .filter(({ day }) => day.startsWith(String(notice.year)))
        .map(({ day, working, name }) => `${day} ${working ? 'worked' : 'off'} ${name}`)
      const plain = (lines: readonly string[]) =>
        lines.map((line) => line.split(' ').slice(0, 2).join(' ')).sort()
      expect(plain(ours)).toEqual(plain(theirs))
    }
  },
)

test('the notices that guiji brings are those copied by hand', () => {
  const days = new Map(noticedDays().map(({ day, working }) => [day, working]))
  for (let at = Date.UTC(2024, 0, 1); at < Date.UTC(lastKnownYear + 1, 0, 1); at += 86_400_000) {
    const day = new Date(at).toISOString().slice(0, 10)
    const weekday = ![0, 6].includes(new Date(at).getUTCDay())
    expect([day, days.get(day) ?? weekday]).toEqual([day, isWorked(day).worked])
  }
})
