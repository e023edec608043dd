import { mkdtemp, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { sheetRows } from '../../../connectors/excel/sheet-rows.ts'
import { openWorkbook } from '../../../connectors/excel/workbook.ts'
import { speaker } from '../../../jobs/messages.ts'
import { reportPage } from '../../../jobs/report-page.ts'
import { writeReportWorkbook } from '../../../jobs/report-workbook.ts'
import type { Language } from '../../../src/errors/table.ts'
import { parseCsv } from '../../../src/init/parse-csv.ts'
import type { ReportFacts } from '../../../src/report/report-facts.ts'
import { readReport } from '../../../src/report/report-facts.ts'
import { writeCsv } from '../../../src/report/write-csv.ts'
import { writeHtml } from '../../../src/report/write-html.ts'
import { writeMarkdown } from '../../../src/report/write-markdown.ts'
import type { City } from '../freshness/city.ts'
import { madeAt, month, october, octoberFacts, wildName, zone } from './october.ts'
import { checkedParts } from './zip-check.ts'

let town: City
let facts: ReportFacts
let folder: string

beforeAll(async () => {
  town = await october()
  facts = await octoberFacts(town)
  folder = await mkdtemp(path.join(tmpdir(), 'guiji-report-'))
})
afterAll(async () => {
  await town[Symbol.asyncDispose]()
  await rm(folder, { recursive: true })
})

const page = (language: Language) =>
  reportPage(facts, { say: speaker(language), language, name: '衡水市 <试点>' })
const golden = (name: string) => path.join(import.meta.dirname, '../../fixtures/report', name)

describe('the facts are those that were made to happen', () => {
  test('the total', () => {
    expect(facts.total.attainment).toEqual({
      // Residents: 31 days due in October. The other three: the month of September, each.
      owed: 33n,
      kept: 29n,
      late: 3n,
      missed: 1n,
      waived: 1n,
      void: 0n,
      pending: 0n,
      provisional: 1n,
      keptProvisional: 1n,
      // Vehicles: due on 1 October at 08:00, there on the 20th at 14:00:30.
      longestLateness: BigInt(19 * 86400 + 6 * 3600 + 30),
    })
    expect(facts.total).toMatchObject({ datasets: 5, noClock: 1 })
  })

  test('rows at the end, growth and rejects', () => {
    const of = (code: string) => facts.datasets.find((one) => one.code === code)
    expect(of('residents')).toMatchObject({
      held: 1031n,
      heldBefore: 1000n,
      received: 31n,
      receivedBefore: 1005n,
    })
    // What came in November is not October's.
    expect(of('vehicles')).toMatchObject({ held: 34_300_000_000n, heldBefore: 0n, received: 34_300_000_007n })
    expect(of('poor')).toMatchObject({ held: 12n, heldBefore: 0n, rejected: 2n, openRejects: 2n })
    expect(facts.total).toMatchObject({ held: 34_300_001_043n, rejected: 2n, openRejects: 2n })
  })

  test('every cause with its periods', () => {
    expect(
      facts.unkept.map(({ code, cause, late, missed, first, last }) => [
        code,
        cause,
        late,
        missed,
        first,
        last,
      ]),
    ).toEqual([
      ['residents', 'platform-did-not-run', 1n, 0n, '2026-10-09', '2026-10-09'],
      ['residents', 'source-unreachable:refused', 1n, 1n, '2026-10-19', '2026-10-20'],
      ['vehicles', 'platform-did-not-run', 1n, 0n, '2026-09', '2026-09'],
    ])
  })

  test('a month that is not over is counted up to now, one long ago holds nothing of today', async () => {
    const november = await readReport(town.db, { span: month('2026-11'), timeZone: zone, now: madeAt })
    expect(november.cutoff).toEqual(madeAt)
    expect(november.total).toMatchObject({ held: 1044n, heldBefore: 34_300_001_043n })
    const past = await readReport(town.db, { span: month('2026-06'), timeZone: zone, now: madeAt })
    expect(past.total).toMatchObject({ held: 0n, received: 0n, attainment: { owed: 0n } })
    expect(past.incidents).toEqual([])
  })
})

describe.each<Language>(['zh', 'en'])('in %s', (language) => {
  test('markdown', async () => {
    await expect(writeMarkdown(page(language))).toMatchFileSnapshot(golden(`october.${language}.md`))
  })

  test('html', async () => {
    await expect(writeHtml(page(language))).toMatchFileSnapshot(golden(`october.${language}.html`))
  })

  test('csv', async () => {
    await expect(writeCsv(page(language))).toMatchFileSnapshot(golden(`october.${language}.csv`))
  })

  test('xlsx, read back, and whole for another reader', async () => {
    const file = path.join(folder, `${language}.xlsx`)
    await writeReportWorkbook(file, page(language), speaker(language)('report.sheet.detail'))
    const text = await workbookText(file)
    await expect(text).toMatchFileSnapshot(golden(`october.${language}.xlsx.txt`))
    expect(checkedParts(await readFile(file))).toHaveLength(4 + 1 + text.split('== ').length - 1)
  })
})

describe('nothing in a name does anything', () => {
  test('csv: no field begins a formula, and the name reads back', () => {
    const rows = csvRows(writeCsv(page('zh')))
    for (const field of rows.flat()) expect(field).not.toMatch(/^\s*[=+\-@](?!\d+$)/)
    expect(rows.flat()).toContain(`'${wildName}`)
  })

  test('html: no element but those of the page', () => {
    const html = writeHtml(page('zh'))
    expect(html).not.toContain('<script')
    const elements = new Set([...html.matchAll(/<([a-z0-9]+)/g)].map(([, name]) => name))
    expect([...elements].sort()).toEqual(
      [
        'body',
        'div',
        'h1',
        'h2',
        'head',
        'html',
        'meta',
        'p',
        'section',
        'style',
        'table',
        'tbody',
        'td',
        'th',
        'thead',
        'title',
        'tr',
      ].sort(),
    )
    expect(html).not.toMatch(/(src|href)=|url\(|@import/)
  })

  test('markdown: every row has as many cells as its table, no markup of a name is live', () => {
    const lines = writeMarkdown(page('zh')).split('\n')
    const cells = (line: string) => line.replaceAll(/\\./g, '').split('|').length
    for (const [at, line] of lines.entries()) {
      if (!line.startsWith('|') || !lines[at - 1]?.startsWith('|')) continue
      expect(cells(line), line).toBe(cells(lines[at - 1] ?? ''))
    }
    expect(lines.join('\n')).not.toMatch(/(?<!\\)<script/)
  })
})

function csvRows(text: string): string[][] {
  const rows = parseCsv(text.replace(/^\ufeff/, ''), ',')
  if (!Array.isArray(rows)) throw new Error('an open quote')
  return rows
}

/** Sheets and rows as our own reader gives them. */
async function workbookText(file: string): Promise<string> {
  const bytes = await readFile(file)
  await using workbook = await openWorkbook(
    { path: file, absolute: file, size: bytes.length, mtimeNs: 0n },
    AbortSignal.timeout(10_000),
  )
  const lines: string[] = []
  for (const sheet of workbook.sheets) {
    lines.push(`== ${sheet.name}`)
    for await (const rows of sheetRows(workbook, sheet, AbortSignal.timeout(10_000)))
      for (const { cells } of rows) lines.push(JSON.stringify(cells))
  }
  return `${lines.join('\n')}\n`
}
