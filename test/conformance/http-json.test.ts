import os from 'node:os'
import { httpJson } from '../../connectors/http-json/index.ts'
import { httpServer } from '../unit/http/server.ts'
import { type ConformanceSource, describeConnector } from './connector-suite.ts'
import { fields, records } from './folder-source.ts'

const secret = 't0ken-of-nobody'
const unreachable = {
  config: { baseUrl: 'http://127.0.0.1:1', retries: 0, auth: { kind: 'bearer', token: secret } },
  secrets: [secret],
}

/** Amounts are written as numbers, which no double could hold. */
const text = ([code, name, amount, note]: readonly (string | null)[]) =>
  `{"code":${JSON.stringify(code)},"name":${JSON.stringify(name)},"amount":${amount},"note":${JSON.stringify(note)}}`

/** A department's interface: the records from `offset` on, at most `limit`, or all of them. */
async function setUp(paging: Record<string, unknown>): Promise<ConformanceSource> {
  let lines = records.map(text)
  let isCut = false
  const server = await httpServer((request, response) => {
    const asked = new URL(request.url ?? '', 'http://host').searchParams
    const from = Number(asked.get('offset') ?? 0)
    const page = lines.slice(from, from + Number(asked.get('limit') ?? lines.length))
    const body = Buffer.from(`{"total":${lines.length},"data":{"rows":[${page.join(' ,\n')}]}}`)
    response.writeHead(200, { 'content-type': 'application/json', 'content-length': body.length })
    if (isCut) response.write(body.subarray(0, body.length / 2), () => response.destroy())
    else response.end(body)
  })
  return {
    directory: os.tmpdir(),
    config: { baseUrl: server.url, retries: 0, discover: ['/communities'] },
    read: { path: '/communities', records: 'data.rows', paging },
    fields,
    records,
    async change() {
      lines = lines.slice(1)
    },
    async truncate() {
      isCut = true
    },
    async enlarge() {
      const count = paging.size === undefined ? 50_000 : 1000
      lines = Array.from({ length: count }, (_, n) => text([String(n), '社区'.repeat(10), '1.50', null]))
      return lines.length
    },
    textAt: async ({ page = 1, index = 0 }) => lines[(page - 1) * Number(paging.size ?? 0) + index - 1] ?? '',
    [Symbol.asyncDispose]: () => server[Symbol.asyncDispose](),
  }
}

describeConnector({ connector: httpJson, unreachable, setUp: () => setUp({ kind: 'none' }) })

const paging = { kind: 'offset', sizeParam: 'limit', size: 3, totalPath: 'total' }
describeConnector({ connector: httpJson, unreachable, recognises: false, setUp: () => setUp(paging) })
