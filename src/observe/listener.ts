import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { type Kysely, sql } from 'kysely'
import type { ControlDatabase } from '../../catalog-schema/control/database.ts'
import { metricsText } from './metrics.ts'
import { contentType } from './prometheus.ts'

export interface ListenerOptions {
  readonly db: Kysely<ControlDatabase>
  /** Whoever reaches it may read it: 127.0.0.1 unless a monitor sits elsewhere. */
  readonly host: string
  /** 0: any that is free. */
  readonly port: number
  readonly clock: () => number
  /** Once it aborts the process is not ready any more, so that nothing new is sent to it while it ends. */
  readonly signal: AbortSignal
}

export interface Listener extends AsyncDisposable {
  /** Such as `http://127.0.0.1:9464`. */
  readonly url: string
}

/** Milliseconds for the store to answer before the process counts as not ready. */
const patience = 3_000

/**
 * Answers `GET /healthz` (the process works: 200), `/readyz` (it can do its work: 200, else 503 with the reason) and
 * `/metrics` (Prometheus). Dispose of it to stop.
 */
export async function startListener(options: ListenerOptions): Promise<Listener> {
  const server = createServer((request, response) => {
    answer(options, request)
      .catch(
        (): Answer => ({
          status: 503,
          type: 'text/plain; charset=utf-8',
          body: 'the store does not answer\n',
        }),
      )
      .then((given) => send(response, request, given))
  })
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject)
    server.listen(options.port, options.host, resolve)
  })
  const { port } = server.address() as AddressInfo
  const host = options.host.includes(':') ? `[${options.host}]` : options.host
  return {
    url: `http://${host}:${port}`,
    async [Symbol.asyncDispose]() {
      server.closeAllConnections()
      await new Promise((resolve) => server.close(resolve))
    },
  }
}

interface Answer {
  readonly status: number
  readonly type: string
  readonly body: string
}

const plain = (status: number, body: string): Answer => ({
  status,
  type: 'text/plain; charset=utf-8',
  body: `${body}\n`,
})

async function answer(options: ListenerOptions, { method, url }: IncomingMessage): Promise<Answer> {
  if (method !== 'GET' && method !== 'HEAD') return plain(405, 'only GET')
  switch (url?.split('?')[0]) {
    case '/healthz':
      return plain(200, 'ok')
    case '/readyz':
      return await readiness(options)
    case '/metrics': {
      const body = await metricsText(options.db, { now: new Date(options.clock()) })
      return { status: 200, type: contentType, body }
    }
    default:
      return plain(404, '/healthz, /readyz, /metrics')
  }
}

/** Details of a failure stay inside: they may name hosts and accounts. */
async function readiness({ db, signal }: ListenerOptions): Promise<Answer> {
  if (signal.aborted) return plain(503, 'stopping')
  const answered = await Promise.race([
    sql`select 1 from guiji.migration limit 1`.execute(db).then(
      () => true,
      () => false,
    ),
    new Promise<false>((resolve) => setTimeout(resolve, patience, false).unref()),
  ])
  return answered ? plain(200, 'ready') : plain(503, 'the store does not answer')
}

function send(response: ServerResponse, { method }: IncomingMessage, { status, type, body }: Answer): void {
  response.writeHead(status, {
    'content-type': type,
    'content-length': Buffer.byteLength(body),
    'cache-control': 'no-store',
    'x-content-type-options': 'nosniff',
    ...(status === 405 ? { allow: 'GET, HEAD' } : {}),
  })
  response.end(method === 'HEAD' ? undefined : body)
}
