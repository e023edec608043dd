import type { IncomingMessage } from 'node:http'
import { expect, test } from 'vitest'
import { nextLink } from '../../../../connectors/http-json/paging.ts'
import { type Answer, httpServer, json } from '../../http/server.ts'
import { readAll, request, sessionOf } from './session-of.ts'

const rows = Array.from({ length: 10 }, (_, index) => ({ id: index + 1, name: `名${index + 1}` }))
const ids = rows.map((row) => String(row.id))

function param(request: IncomingMessage, name: string): string | null {
  return new URL(request.url ?? '', 'http://host').searchParams.get(name)
}

/** A page as systems answer it: something that differs each time stands around the records. */
function page(records: readonly unknown[], more: Record<string, unknown> = {}) {
  return { code: 0, trace: Math.random(), data: { rows: records, ...more } }
}

async function read(answer: Answer, paging: Record<string, unknown>) {
  await using server = await httpServer(answer)
  await using session = await sessionOf(server.url)
  await using listing = await session.list(request({ paging }))
  const { records, places } = await readAll(listing)
  const found = records.map((record) => (Array.isArray(record) ? record[0] : record))
  return { ids: found, places, end: listing.end(), asked: server.asked, declared: listing.declared }
}

const byPage =
  (most: number, more: (page: number) => Record<string, unknown> = () => ({})): Answer =>
  (request, response) => {
    const number = Number(param(request, 'page'))
    const size = Math.min(Number(param(request, 'size')), most)
    json(response, page(rows.slice((number - 1) * size, number * size), more(number)))
  }

test('pages by number end with an empty page', async () => {
  const result = await read(byPage(100), { kind: 'page', size: 4 })
  expect(result.ids).toEqual(ids)
  expect(result.end).toEqual({ complete: true })
  expect(result.asked).toHaveLength(4)
  expect(result.places[5]).toEqual({ page: 2, index: 2 })
})

test('pages by number end where the total is reached', async () => {
  const result = await read(
    byPage(100, () => ({ total: '10' })),
    { kind: 'page', size: 5, totalPath: 'data.total' },
  )
  expect(result.ids).toEqual(ids)
  expect(result.declared).toBe(10n)
  expect(result.end).toEqual({ complete: true, declared: 10n })
  expect(result.asked).toHaveLength(2)
})

test('a system that gives fewer records than asked loses none', async () => {
  expect((await read(byPage(3), { kind: 'page', size: 100 })).ids).toEqual(ids)
  const byOffset: Answer = (request, response) => {
    const offset = Number(param(request, 'skip'))
    json(response, page(rows.slice(offset, offset + 3)))
  }
  const result = await read(byOffset, { kind: 'offset', offsetParam: 'skip', size: 100 })
  expect(result.ids).toEqual(ids)
  expect(result.end.complete).toBe(true)
})

test('fewer records than declared are not complete', async () => {
  const result = await read(
    byPage(100, () => ({ total: 12 })),
    { kind: 'page', size: 5, totalPath: 'data.total' },
  )
  expect(result.ids).toEqual(ids)
  expect(result.end).toEqual({ complete: false, reason: 'the source declares 12, it gave 10', declared: 12n })
})

test('a total that changes while it is read is not complete', async () => {
  const answer = byPage(100, (number) => ({ total: number === 1 ? 11 : 10 }))
  const { end } = await read(answer, { kind: 'page', size: 5, totalPath: 'data.total' })
  expect(end).toMatchObject({ complete: false, reason: 'the total changed from 11 to 10 while it was read' })
})

test('cursors are followed, also past an empty page and beyond 2^53', async () => {
  const cursors = ['9007199254740993', '9007199254740995', 'last']
  const answer: Answer = (request, response) => {
    const at = cursors.indexOf(String(param(request, 'after'))) + 1
    const records = at === 1 ? [] : rows.slice(Math.max(0, at - 1) * 4, at === 0 ? 4 : at * 4)
    const next = cursors[at] === 'last' ? '"last"' : (cursors[at] ?? 'null')
    response.setHeader('content-type', 'application/json')
    response.end(`{"next":${next},"data":{"rows":${JSON.stringify(records)}}}`)
  }
  const result = await read(answer, { kind: 'cursor', cursorParam: 'after', cursorPath: 'next' })
  expect(result.ids).toEqual(ids)
  expect(result.end.complete).toBe(true)
  expect(result.asked).toEqual(['/rows', ...cursors.map((cursor) => `/rows?after=${cursor}`)])
})

test('links are followed from the header and from the answer', async () => {
  const header: Answer = (request, response) => {
    const at = Number(param(request, 'p') ?? 0)
    const links = `</rows?p=0>; rel="first"${at < 2 ? `, </rows?p=${at + 1}>; rel="next"` : ''}`
    json(response, page(rows.slice(at * 4, at * 4 + 4)), { link: links })
  }
  expect((await read(header, { kind: 'link' })).ids).toEqual(ids)
  const body: Answer = (request, response) => {
    const at = Number(param(request, 'p') ?? 0)
    json(response, page(rows.slice(at * 4, at * 4 + 4), { next: at < 2 ? `?p=${at + 1}` : null }))
  }
  expect((await read(body, { kind: 'link', cursorPath: 'data.next' })).ids).toEqual(ids)
})

test('the next link is found among others, however it is written', () => {
  expect(nextLink('<a?x=1,2>; rel="prev", <b>; title="next"; rel=next')).toBe('b')
  expect(nextLink('<c>; rel="last next"; title="a, b"')).toBe('c')
  expect(nextLink('<d>; rel="nextish", <e>; rel="prev"')).toBeUndefined()
  expect(nextLink(undefined)).toBeUndefined()
})

test('a link to another host is not followed', async () => {
  const away: Answer = (_, response) => json(response, page(rows, { next: 'http://127.0.0.2:1/rows' }))
  await expect(read(away, { kind: 'link', cursorPath: 'data.next' })).rejects.toMatchObject({
    code: 'SOURCE_REDIRECTED',
  })
})

const repeated = { code: 'SOURCE_PAGE_REPEATED', blame: 'source-wrong:content' }

test('a system that ignores the page number is stopped at the second page', async () => {
  const answer: Answer = (_, response) => json(response, page(rows))
  await expect(read(answer, { kind: 'page', size: 10 })).rejects.toMatchObject({
    ...repeated,
    details: { page: 2, detail: 'has the same records as page 1' },
  })
})

test('a cursor and a link that come back are stopped', async () => {
  let turn = 0
  const cursor: Answer = (_, response) =>
    json(response, page([{ id: turn++ }], { next: turn % 2 ? 'a' : 'b' }))
  await expect(read(cursor, { kind: 'cursor', cursorPath: 'data.next' })).rejects.toMatchObject({
    ...repeated,
    details: { page: 3, detail: 'leads to the same address as page 1' },
  })
  const link: Answer = (_, response) => json(response, page([{ id: turn++ }], { next: '/rows' }))
  await expect(read(link, { kind: 'link', cursorPath: 'data.next' })).rejects.toMatchObject(repeated)
})

test('empty pages without end are stopped', async () => {
  let turn = 0
  const answer: Answer = (_, response) => json(response, page([], { next: String(turn++) }))
  await expect(read(answer, { kind: 'cursor', cursorPath: 'data.next' })).rejects.toMatchObject(repeated)
})

test('one page is fetched ahead while one is used, and no more', async () => {
  await using server = await httpServer(byPage(100))
  await using session = await sessionOf(server.url)
  await using listing = await session.list(request({ paging: { kind: 'page', size: 2 } }))
  const batches = listing.batches()[Symbol.asyncIterator]()
  await batches.next()
  await expect.poll(() => server.asked.length).toBe(2)
  await new Promise((resolve) => setTimeout(resolve, 50))
  expect(server.asked).toHaveLength(2)
  await batches.return?.()
  expect(listing.end()).toEqual({ complete: false, reason: 'the reading was not finished' })
})

test('the page on its way is called back when nobody wants it any more', async () => {
  let calledBack = false
  const second: Answer = (request, response) => {
    if (param(request, 'page') === '1') json(response, page(rows))
    else response.on('close', () => (calledBack = true))
  }
  await using server = await httpServer(second)
  await using session = await sessionOf(server.url)
  await using listing = await session.list(request({ paging: { kind: 'page', size: 10 } }))
  for await (const _ of listing.batches()) {
    await expect.poll(() => server.asked.length).toBe(2)
    break
  }
  await expect.poll(() => calledBack, { timeout: 2000 }).toBe(true)
})

test('a total or a cursor that has moved is no end', async () => {
  const total = byPage(100, () => ({ count: 10 }))
  await expect(read(total, { kind: 'page', totalPath: 'data.total' })).rejects.toMatchObject({
    code: 'SOURCE_PAGING_BROKEN',
    blame: 'source-wrong:schema',
  })
  const paging = { kind: 'cursor', cursorPath: 'data.next', size: 10 }
  const moved: Answer = (_, response) => json(response, page(rows, { nextCursor: 'a' }))
  await expect(read(moved, paging)).rejects.toMatchObject({ code: 'SOURCE_PAGING_BROKEN' })
  const ended: Answer = (_, response) => json(response, page(rows, { next: null }))
  expect((await read(ended, paging)).end.complete).toBe(true)
})
