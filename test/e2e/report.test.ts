import { readFile } from 'node:fs/promises'
import path from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { harvestedTown, type Town } from './town.ts'

let town: Town
beforeAll(async () => {
  town = await harvestedTown()
})
afterAll(() => town[Symbol.asyncDispose]())

interface Figures {
  readonly held: string
  readonly received: string
  readonly openRejects: string
  readonly attainment: { readonly kept: string; readonly owed: string }
}
interface Report {
  readonly total: Figures
  readonly datasets: readonly (Figures & { readonly code: string })[]
}
interface Status {
  readonly totals: {
    readonly held: string
    readonly kept: string
    readonly owed: string
    readonly noClock: number
  }
}

test('status, report and the analysts’ views tell the same figures', async () => {
  // Wherever the clock of the machine stands: the years from the first promise to this one are all there is.
  const years = Array.from({ length: new Date().getUTCFullYear() + 1 - 2024 }, (_, at) => String(2025 + at))
  const status = await town.json<Status>(['status'])
  const reports: Report[] = []
  for (const year of years) reports.push(await town.json<Report>(['report', '--year', year]))
  const sum = (name: 'kept' | 'owed') =>
    reports.reduce((total, { total: { attainment } }) => total + BigInt(attainment[name]), 0n)
  expect(String(sum('kept'))).toBe(status.totals.kept)
  expect(String(sum('owed'))).toBe(status.totals.owed)
  const last = reports.at(-2)
  expect(last?.total.held).toBe(status.totals.held)
  expect(last?.total.received).toBe('42')
  expect(last?.total.openRejects).toBe('4')
  const { rows } = await town.pool.query<{ kept: string; owed: string }>(
    'select coalesce(sum(kept), 0)::text as kept, coalesce(sum(owed), 0)::text as owed from catalog.attainment',
  )
  expect(rows[0]).toEqual({ kept: status.totals.kept, owed: status.totals.owed })
})

test('is written in the format of the file, in the language asked for, for last month by default', async () => {
  const to = (name: string) => path.join(town.directory, name)
  const html = await town.guiji(['report', '--year', '2026', '--to', to('report.html'), '--lang', 'zh'])
  expect(html).toMatchObject({ code: 0, out: '' })
  expect(await readFile(to('report.html'), 'utf8')).toContain('<h1>小城政务数据共享履约年报（2026）</h1>')
  await town.guiji(['report', '--to', to('report.xlsx')])
  expect((await readFile(to('report.xlsx'))).subarray(0, 2).toString()).toBe('PK')
  const csv = await town.guiji(['report', '--quarter', '2026-Q4', '--format', 'csv'])
  expect(csv.out.split('\r\n')).toHaveLength(5)
  const markdown = await town.guiji(['report', '--lang', 'en'])
  expect(markdown.out).toMatch(/^# 小城: data sharing, monthly report for \d{4}-\d\d\n/)
})

test.each([
  ['--month', '2026-13'],
  ['--month', '2026-10', '--year', '2026'],
  ['--format', 'pdf'],
  ['--format', 'xlsx'],
])('%s %s is refused as a mistake in the call', async (...words) => {
  const { code, out, err } = await town.guiji(['report', ...words])
  expect({ code, out }).toEqual({ code: 2, out: '' })
  expect(err).toMatch(/COMMAND_/)
})
