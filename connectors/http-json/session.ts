import { once } from 'node:events'
import { connect } from 'node:net'
import type { ConnectorContext, SourceSession, TestStep, Text } from '../../src/connector.ts'
import { GuijiError } from '../../src/errors/guiji-error.ts'
import { redactUrl } from '../../src/http/address-text.ts'
import { askedFor, type HttpClient, openHttpClient } from '../../src/http/client.ts'
import { explainFailure } from '../../src/http/failure.ts'
import { type OutboundGuard, outboundGuard } from '../../src/http/guarded-agent.ts'
import { publicOnly } from '../../src/http/outbound.ts'
import { refuseNonJson } from '../../src/http/refusal.ts'
import { addressOf, type Config } from './config.ts'
import { discoverLists } from './discover.ts'
import { openListing } from './listing.ts'

/** A conversation with one interface; its readings share connections and the rate limit. */
export function openSession(config: Config, context: ConnectorContext): SourceSession {
  const client = openHttpClient(config.http)
  return {
    test: () => testSteps(config, client, context),
    discover: () => discoverLists(config, client, context.signal),
    list: (request) => {
      const signal = AbortSignal.any([context.signal, request.signal])
      return openListing(config, client, { ...request, signal })
    },
    [Symbol.asyncDispose]: () => client[Symbol.asyncDispose](),
  }
}

interface Step {
  readonly name: Text
  /** What was found. */
  readonly work: () => Promise<string>
}

/** Name, connection, answer: the first that fails is the last that is told. */
async function* testSteps(
  config: Config,
  client: HttpClient,
  context: ConnectorContext,
): AsyncGenerator<TestStep> {
  const guard = outboundGuard(config.http.outbound ?? publicOnly)
  const steps: readonly Step[] = [
    { name: { en: 'name resolution', zh: '域名解析' }, work: () => resolve(config.base, guard) },
    { name: { en: 'connection', zh: '网络连接' }, work: () => reach(config, guard, context.signal) },
    { name: { en: 'answer', zh: '接口响应' }, work: () => ask(config, client, context.signal) },
  ]
  for (const step of steps) {
    const told = await run(step, config, context)
    yield told
    if (!told.ok) return
  }
}

async function run({ name, work }: Step, config: Config, context: ConnectorContext): Promise<TestStep> {
  const begun = context.clock()
  try {
    const detail = await work()
    return { name, ok: true, detail, milliseconds: context.clock() - begun }
  } catch (cause) {
    context.signal.throwIfAborted()
    const error = explainFailure(cause, askedFor(config.http, config.base))
    const milliseconds = context.clock() - begun
    const blame = error.blame ? { cause: error.blame } : {}
    return { name, ok: false, detail: error.fact('en'), milliseconds, error, ...blame }
  }
}

async function resolve(base: URL, guard: OutboundGuard): Promise<string> {
  const [first] = await guard.addressesOf(base.hostname)
  return `${base.hostname} is ${first?.address}`
}

async function reach(config: Config, guard: OutboundGuard, signal: AbortSignal): Promise<string> {
  const { base, http } = config
  const port = Number(base.port) || (base.protocol === 'https:' ? 443 : 80)
  const { lookup } = guard
  const host = base.hostname.replace(/^\[|\]$/g, '')
  const socket = connect({ host, port, lookup, timeout: http.idleSeconds * 1000 })
  socket.once('timeout', () => socket.destroy(Object.assign(new Error('timeout'), { code: 'ETIMEDOUT' })))
  try {
    await once(socket, 'connect', { signal })
    return `${config.base.hostname}:${port}`
  } finally {
    socket.destroy()
  }
}

/** Asks for the first path worth a look; a base address without anything of its own is no fault. */
async function ask(config: Config, client: HttpClient, signal: AbortSignal): Promise<string> {
  const path = config.discover[0]
  try {
    const answer = await client.get(addressOf(config.base, path ?? '', {}), {}, signal)
    if (path !== undefined) {
      refuseNonJson(answer.body, answer.header('content-type'), askedFor(config.http, answer.url))
    }
    return `status ${answer.status}, ${answer.body.length} bytes from ${redactUrl(answer.url)}`
  } catch (error) {
    const isBareBase = path === undefined && error instanceof GuijiError && error.code === 'SOURCE_NOT_FOUND'
    if (isBareBase) return `status 404 from ${redactUrl(config.base)}`
    throw error
  }
}
