/** How the interfaces of the four departments look: every one was built by another firm. */
import type { Dataset, System } from '../list/types.ts'

type Api = Extract<System, { kind: 'http-json' }>

export interface PageRequest {
  readonly start: number
  readonly size: number
}

export interface ApiShape {
  /** The `read` of a harvest. */
  read(dataset: Dataset): Readonly<Record<string, unknown>>
  /** What page a request asks for; undefined: the parameters are wrong. */
  page(query: URLSearchParams): PageRequest | undefined
  /** The answer around the records. */
  answer(records: string, total: number, next: number | undefined): string
}

const largestPage = 1_000

/** `page` from 1 and `size`; the records stand in `data.rows`. */
const numbered: ApiShape = {
  read: (dataset) => ({
    path: `/${dataset.thing}`,
    records: 'data.rows',
    paging: {
      kind: 'page',
      pageParam: 'page',
      sizeParam: 'size',
      size: largestPage,
      totalPath: 'data.total',
    },
  }),
  page: (query) => {
    const size = whole(query.get('size') ?? '100', 1, largestPage)
    const page = whole(query.get('page') ?? '1', 1, 1e9)
    return size === undefined || page === undefined ? undefined : { start: (page - 1) * size, size }
  },
  answer: (records, total) => `{"code":"00","msg":"成功","data":{"total":${total},"rows":[${records}]}}`,
}

/** The same in another firm's words. */
const signed: ApiShape = {
  read: (dataset) => ({
    path: `/${dataset.thing}`,
    records: 'result.list',
    paging: {
      kind: 'page',
      pageParam: 'pageNo',
      sizeParam: 'pageSize',
      size: largestPage,
      totalPath: 'result.count',
    },
  }),
  page: (query) => {
    const size = whole(query.get('pageSize') ?? '100', 1, largestPage)
    const page = whole(query.get('pageNo') ?? '1', 1, 1e9)
    return size === undefined || page === undefined ? undefined : { start: (page - 1) * size, size }
  },
  answer: (records, total) => `{"resultCode":0,"result":{"count":${total},"list":[${records}]}}`,
}

const byOffset: ApiShape = {
  read: (dataset) => ({
    path: `/${dataset.thing}`,
    records: 'items',
    paging: {
      kind: 'offset',
      offsetParam: 'offset',
      sizeParam: 'limit',
      size: largestPage,
      totalPath: 'total',
    },
  }),
  page: (query) => {
    const size = whole(query.get('limit') ?? '100', 1, largestPage)
    const start = whole(query.get('offset') ?? '0', 0, 1e12)
    return size === undefined || start === undefined ? undefined : { start, size }
  },
  answer: (records, total) => `{"total":${total},"items":[${records}]}`,
}

const byCursor: ApiShape = {
  read: (dataset) => ({
    path: `/${dataset.thing}`,
    records: 'data',
    paging: {
      kind: 'cursor',
      cursorParam: 'cursor',
      cursorPath: 'nextCursor',
      sizeParam: 'size',
      size: 500,
      totalPath: 'total',
    },
  }),
  page: (query) => {
    const size = whole(query.get('size') ?? '100', 1, largestPage)
    const cursor = query.get('cursor')
    const start = cursor === null ? 0 : whole(Buffer.from(cursor, 'base64url').toString('latin1'), 0, 1e12)
    return size === undefined || start === undefined ? undefined : { start, size }
  },
  answer: (records, total, next) => {
    const cursor = next === undefined ? 'null' : `"${Buffer.from(String(next)).toString('base64url')}"`
    return `{"data":[${records}],"total":${total},"nextCursor":${cursor}}`
  },
}

export function shapeOf(api: Api): ApiShape {
  if (api.paging === 'cursor') return byCursor
  if (api.paging === 'offset') return byOffset
  return api.auth === 'hmac' ? signed : numbered
}

function whole(text: string, least: number, most: number): number | undefined {
  if (!/^[0-9]{1,12}$/.test(text)) return undefined
  const value = Number(text)
  return value >= least && value <= most ? value : undefined
}
