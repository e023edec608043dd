import { expect, test } from 'vitest'
import { alertKindOf, alertKinds } from '../../../catalog-schema/vocabulary/alert-kinds.ts'
import { composer } from '../../../jobs/alert-words.ts'
import type { AlertFacts } from '../../../src/alerts/message.ts'
import { page } from '../house/documents.ts'

test('docs/alerts.md lists every kind as it is', async () => {
  const { text } = await page('docs/alerts.md')
  const rows = [...text.matchAll(/^\| `([a-z-]+)` +\| (\S.*?) +\| (\w+) +\| (\d*) *\|$/gm)].map(
    ([, kind, zh, seenBy, article]) => [kind, zh, seenBy, article],
  )
  expect(rows).toEqual(
    Object.keys(alertKinds).map((kind) => {
      const { zh, seenBy, article } = alertKindOf(kind) ?? { zh: '', seenBy: '' }
      return [kind, zh, seenBy, String(article ?? '')]
    }),
  )
})

const facts: AlertFacts = {
  id: 1n,
  kind: 'answer-late',
  source: null,
  department: 'gongan',
  cause: null,
  datasets: [],
  note: '第 12 号申请',
  openedAt: new Date('2026-11-09T00:00Z'),
  closedAt: null,
}

test.each([
  ['answer-late', '三十九'],
  ['passed-on', '四十'],
  ['dispute-not-handled', '四十一'],
] as const)('%s names article %s', (kind, article) => {
  const { text } = composer('zh', 'Asia/Shanghai')({ ...facts, kind }, 'opened')
  expect(text).toContain(`依据：《政务数据共享条例》第${article}条`)
})

test('a message says the same in both languages', () => {
  const zh = composer('zh', 'Asia/Shanghai')(facts, 'escalated')
  const en = composer('en', 'Asia/Shanghai')(facts, 'escalated')
  expect(zh.title).toBe('【严重，自 2026-11-09 08:00 未解决】未按时答复共享申请：gongan')
  expect(en.title).toBe('[error, open since 2026-11-09 08:00] request for data not answered in time: gongan')
  expect(zh.openedAt).toBe('2026-11-09T08:00:00+08:00')
  expect({ ...zh, title: '', text: '' }).toEqual({ ...en, title: '', text: '' })
})
