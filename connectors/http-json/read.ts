import type { JsonSchema } from '../../src/connector.ts'
import { record, secretParameter, texts } from './config.ts'

const name = (title: string, chinese: string, fallback: string) => ({
  type: 'string',
  minLength: 1,
  default: fallback,
  title,
  'title:zh': chinese,
})

const kindTitle = { title: 'Kind', 'title:zh': '类型' }

export const readSchema: JsonSchema = {
  type: 'object',
  title: 'What to read from the interface',
  'title:zh': '读取内容',
  properties: {
    path: { type: 'string', title: 'Path behind the base address', 'title:zh': '路径' },
    query: {
      type: 'object',
      patternProperties: {
        [`^${secretParameter}$`]: {
          type: 'string',
          secret: true,
          title: 'Key, which belongs into config.auth of the source: kind key, with query',
          'title:zh': '密钥应写在源系统的 config.auth 中：kind 为 key，并设 query',
        },
      },
      additionalProperties: { type: ['string', 'number', 'boolean'] },
      title: 'Query parameters',
      'title:zh': '查询参数',
    },
    records: {
      type: 'string',
      title: 'Path to the list of records in the answer; "" is the answer itself',
      'title:zh': '记录列表在返回内容中的路径；"" 表示返回内容本身',
    },
    paging: {
      type: 'object',
      title: 'How the interface cuts its answer into pages',
      'title:zh': '分页方式',
      properties: {
        kind: { enum: ['none', 'page', 'offset', 'cursor', 'link'], ...kindTitle },
        pageParam: name('Parameter with the page number', '页码参数', 'page'),
        first: {
          type: 'integer',
          minimum: 0,
          default: 1,
          title: 'Number of the first page',
          'title:zh': '首页页码',
        },
        sizeParam: name('Parameter with the page size', '每页条数参数', 'size'),
        size: { type: 'integer', minimum: 1, title: 'Records per page', 'title:zh': '每页条数' },
        offsetParam: name('Parameter with the number of records to pass over', '偏移参数', 'offset'),
        cursorParam: name('Parameter with the cursor', '游标参数', 'cursor'),
        cursorPath: {
          type: 'string',
          minLength: 1,
          title: 'Path to the next cursor, or to the next address for "link"',
          'title:zh': '下一游标（link 时为下一页地址）的路径',
        },
        totalPath: { type: 'string', minLength: 1, title: 'Path to the total', 'title:zh': '总数的路径' },
      },
      required: ['kind'],
      additionalProperties: false,
      anyOf: [
        { properties: { kind: { enum: ['none', 'page', 'offset', 'link'], ...kindTitle } } },
        { required: ['cursorPath'] },
      ],
    },
    since: {
      type: 'object',
      title: 'How to ask for what is new',
      'title:zh': '增量参数',
      properties: { param: { type: 'string', minLength: 1, title: 'Parameter', 'title:zh': '参数' } },
      required: ['param'],
      additionalProperties: false,
    },
  },
  required: ['path', 'records'],
  additionalProperties: false,
}

export interface Paging {
  readonly kind: 'none' | 'page' | 'offset' | 'cursor' | 'link'
  readonly pageParam: string
  readonly first: number
  readonly sizeParam: string
  /** Asked for in every request; absent where neither the harvest nor the kind of paging asks. */
  readonly size?: number
  readonly offsetParam: string
  readonly cursorParam: string
  readonly cursorPath?: string
  readonly totalPath?: string
}

/** A harvest's `read`, defaults filled in. */
export interface Read {
  readonly path: string
  readonly query: Readonly<Record<string, string>>
  readonly records: string
  readonly paging: Paging
  readonly sinceParam?: string
}

export function parseRead(read: Readonly<Record<string, unknown>>): Read {
  const since = record(read.since)
  return {
    path: String(read.path),
    query: texts(record(read.query)),
    records: String(read.records),
    paging: parsePaging(record(read.paging)),
    ...(typeof since.param === 'string' ? { sinceParam: since.param } : {}),
  }
}

function parsePaging(paging: Readonly<Record<string, unknown>>): Paging {
  const kind = kindOf(paging.kind)
  const size = paging.size ?? (kind === 'page' || kind === 'offset' ? 1000 : undefined)
  return {
    kind,
    pageParam: String(paging.pageParam ?? 'page'),
    first: Number(paging.first ?? 1),
    sizeParam: String(paging.sizeParam ?? 'size'),
    offsetParam: String(paging.offsetParam ?? 'offset'),
    cursorParam: String(paging.cursorParam ?? 'cursor'),
    ...(size === undefined ? {} : { size: Number(size) }),
    ...(typeof paging.cursorPath === 'string' ? { cursorPath: paging.cursorPath } : {}),
    ...(typeof paging.totalPath === 'string' ? { totalPath: paging.totalPath } : {}),
  }
}

function kindOf(kind: unknown): Paging['kind'] {
  switch (kind) {
    case 'page':
    case 'offset':
    case 'cursor':
    case 'link':
      return kind
    default:
      return 'none'
  }
}
