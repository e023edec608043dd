import { createHash } from 'node:crypto'
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import { freePort, LOOPBACK } from '../../../src/store/server/port.ts'
import { type Life, lifeOf } from '../generator/life.ts'
import { listingOn } from '../generator/listing.ts'
import { recordReader } from '../generator/records.ts'
import { datasets } from '../list/the-list.ts'
import type { Dataset } from '../list/types.ts'
import { jsonObject } from '../render/json.ts'
import { type Guard, guard } from './api-guard.ts'
import { type ApiShape, shapeOf } from './api-shapes.ts'

export interface ApiServer extends AsyncDisposable {
  readonly port: number
  show(scale: number, day: number): void
}

export interface ApiOptions {
  /** Taken if it is free. */
  readonly wantedPort: number
  /** Token, key or signing secret of each interface by source code. */
  readonly secrets: ReadonlyMap<string, string>
  readonly clock: () => number
}

/** What one resource shows. */
interface Resource {
  readonly dataset: Dataset
  readonly shape: ApiShape
  readonly guard: Guard
  shown?: { readonly life: Life; readonly day: number; readonly entries: Float64Array }
}

/** Starts the interfaces of all departments on one loopback port, each below `/<department>`. */
export async function startApis(options: ApiOptions): Promise<ApiServer> {
  const resources = openResources(options)
  let now = { scale: 0, day: 1 }
  const server = createServer((request, response) => respond(resources, now, request, response))
  const port = await freePort(options.wantedPort)
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject)
    server.listen({ host: LOOPBACK, port, exclusive: true }, resolve)
  })
  return {
    port,
    show: (scale, day) => {
      now = { scale, day }
      for (const resource of resources.values()) delete resource.shown
    },
    [Symbol.asyncDispose]: () =>
      new Promise((resolve) => {
        server.close(() => resolve())
        server.closeAllConnections()
      }),
  }
}

function openResources({ secrets, clock }: ApiOptions): ReadonlyMap<string, Resource> {
  const guards = new Map<string, Guard>()
  const resources = new Map<string, Resource>()
  for (const dataset of datasets) {
    const { source, sourceCode, department } = dataset
    if (source.kind !== 'http-json') continue
    const secret = secrets.get(sourceCode)
    if (secret === undefined) throw new RangeError(`no secret for ${sourceCode}`)
    const door = guards.get(sourceCode) ?? guard(source, secret, clock)
    guards.set(sourceCode, door)
    resources.set(`/${department.code}/${dataset.thing}`, { dataset, shape: shapeOf(source), guard: door })
  }
  return resources
}

function respond(
  resources: ReadonlyMap<string, Resource>,
  now: { readonly scale: number; readonly day: number },
  request: IncomingMessage,
  response: ServerResponse,
): void {
  const url = new URL(request.url ?? '/', `http://${LOOPBACK}`)
  const resource = resources.get(url.pathname)
  const refusal = refusalOf(resource, request)
  const page = resource?.shape.page(url.searchParams)
  if (refusal !== undefined || resource === undefined || page === undefined) {
    refuse(response, refusal ?? { status: 400, message: '分页参数错误' })
    return
  }
  const body = pageBody(resource, now, page.start, page.size)
  send(request, response, body)
}

function pageBody(
  resource: Resource,
  now: { readonly scale: number; readonly day: number },
  start: number,
  size: number,
): { readonly text: string; readonly whole: boolean } {
  const { dataset, shape } = resource
  resource.shown ??= showing(dataset, now)
  const { life, day, entries } = resource.shown
  const read = recordReader(life, day)
  const write = jsonObject(dataset)
  const records: string[] = []
  for (const entry of entries.subarray(start, start + size)) records.push(write(read(entry)))
  const end = start + records.length
  const text = shape.answer(records.join(','), entries.length, end < entries.length ? end : undefined)
  return { text, whole: start === 0 && end === entries.length }
}

function showing(dataset: Dataset, { scale, day }: { readonly scale: number; readonly day: number }) {
  const life = lifeOf(dataset, scale)
  return { life, day, entries: listingOn(life, day) }
}

/** A resource that fits on one page can be asked for by ETag. */
function send(
  request: IncomingMessage,
  response: ServerResponse,
  body: { readonly text: string; readonly whole: boolean },
): void {
  const headers: Record<string, string> = { 'content-type': 'application/json; charset=utf-8' }
  if (body.whole) {
    headers.etag = `"${createHash('sha256').update(body.text).digest('base64url').slice(0, 24)}"`
    if (request.headers['if-none-match'] === headers.etag) {
      response.writeHead(304, headers).end()
      return
    }
  }
  response.writeHead(200, headers).end(body.text)
}

interface Refusal {
  readonly status: number
  readonly message: string
  readonly headers?: Readonly<Record<string, string>>
}

function refusalOf(resource: Resource | undefined, request: IncomingMessage): Refusal | undefined {
  if (resource === undefined) return { status: 404, message: '接口不存在' }
  if (!resource.guard.admits(request)) return { status: 401, message: '令牌无效或签名错误' }
  const wait = resource.guard.wait()
  if (wait > 0) return { status: 429, message: '请求过于频繁', headers: { 'retry-after': String(wait) } }
  return request.method === 'GET' ? undefined : { status: 405, message: '仅支持 GET' }
}

function refuse(response: ServerResponse, { status, message, headers }: Refusal): void {
  response.writeHead(status, { 'content-type': 'application/json; charset=utf-8', ...headers })
  response.end(JSON.stringify({ code: String(status), msg: message }))
}
