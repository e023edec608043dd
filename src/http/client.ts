import { type Agent, request as send } from 'undici'
import type { OutboundRules } from '../connector.ts'
import { GuijiError } from '../errors/guiji-error.ts'
import { redactUrl } from './address-text.ts'
import { acceptedEncodings, BodyCutOff, readBody } from './body.ts'
import { type Asked, explainFailure, isWorthRepeating, totalTimeout } from './failure.ts'
import { guardedAgent, outboundGuard } from './guarded-agent.ts'
import { publicOnly } from './outbound.ts'
import { rateLimit, type Turn, type Waiting } from './rate-limit.ts'
import { explainStatus, userAgent } from './refusal.ts'
import { isPassing, retryAfter, retryWait } from './retry.ts'
import { isSecretName } from './secret-forms.ts'
import { type Credential, nonce, secretsOf, sign } from './signing.ts'

export interface HttpSettings extends Waiting {
  /** Code of the source, for messages. */
  readonly source: string
  /** Requests under way at once. */
  readonly connections: number
  readonly requestsPerSecond?: number
  readonly credential: Credential
  readonly headers: Readonly<Record<string, string>>
  /** Seconds without a byte after which an attempt is given up. */
  readonly idleSeconds: number
  /** Seconds after which an attempt is given up although bytes still come. */
  readonly totalSeconds: number
  /** Attempts after the first. */
  readonly retries: number
  /** Bytes of one body, before and after decompression. */
  readonly maxBodyBytes: number
  /** In [0, 1). */
  readonly random: () => number
  /** Where requests may go; absent: to public addresses. */
  readonly outbound?: OutboundRules
}

export interface HttpAnswer {
  /** 200-299 or 304; everything else is thrown. */
  readonly status: number
  /** Where the answer came from, after redirects, without the credential. */
  readonly url: URL
  readonly body: Buffer
  /** First value of a header, by lower-case name. */
  header(name: string): string | undefined
}

/** GET requests to one source: signed, rate-limited, retried, bounded. */
export interface HttpClient extends AsyncDisposable {
  /** Throws a GuijiError that says what went wrong and what to do next. */
  get(url: URL, headers: Readonly<Record<string, string>>, signal: AbortSignal): Promise<HttpAnswer>
}

export function openHttpClient(settings: HttpSettings): HttpClient {
  const guard = outboundGuard(settings.outbound ?? publicOnly)
  const { connections, idleSeconds } = settings
  const agent = guardedAgent(guard, { connections, idle: idleSeconds * 1000 })
  const turn = rateLimit(settings.requestsPerSecond, settings)
  return {
    get: (url, headers, signal) => getWithRetries({ settings, agent, turn, headers, signal }, url),
    async [Symbol.asyncDispose]() {
      await agent.destroy()
    },
  }
}

interface Conversation {
  readonly settings: HttpSettings
  readonly agent: Agent
  readonly turn: Turn
  readonly headers: Readonly<Record<string, string>>
  readonly signal: AbortSignal
}

/** One attempt's result: an answer to give back, or a failure with the wait that the system asked for. */
type Attempt =
  | { readonly answer: HttpAnswer }
  | { readonly error: GuijiError; readonly again: boolean; readonly asked?: number | undefined }

async function getWithRetries(conversation: Conversation, url: URL): Promise<HttpAnswer> {
  const { settings, signal } = conversation
  for (let attempt = 1; ; attempt++) {
    const result = await tryOnce(conversation, url, attempt)
    if ('answer' in result) return result.answer
    if (!result.again || attempt > settings.retries) throw result.error
    await settings.sleep(retryWait(attempt, result.asked, settings.random), signal)
  }
}

async function tryOnce(conversation: Conversation, url: URL, attempts: number): Promise<Attempt> {
  const { settings, signal } = conversation
  const asked = askedFor(settings, url)
  const total = AbortSignal.timeout(settings.totalSeconds * 1000)
  try {
    const answer = await follow(conversation, url, AbortSignal.any([signal, total]))
    if (answer.status === 206) throw new BodyCutOff('only a part of it was sent (status 206)')
    if (answer.status < 400) return { answer }
    const contentType = answer.header('content-type')
    const error = explainStatus({ status: answer.status, contentType, body: answer.body, attempts }, asked)
    const wait = retryAfter(answer.header('retry-after'), settings.clock())
    return { error, again: isPassing(answer.status), asked: wait }
  } catch (error) {
    signal.throwIfAborted()
    const reason = total.aborted ? Object.assign(new Error(totalTimeout), { code: totalTimeout }) : error
    const failure = explainFailure(reason, asked)
    return { error: failure, again: isWorthRepeating(failure) }
  }
}

const mostRedirects = 5

/** Follows redirects within the host that was asked; a credential is never carried to another one. */
async function follow(conversation: Conversation, url: URL, signal: AbortSignal): Promise<HttpAnswer> {
  let target = url
  for (let hop = 0; hop <= mostRedirects; hop++) {
    const answer = await exchange(conversation, target, signal)
    const location = answer.header('location')
    if (![301, 302, 303, 307, 308].includes(answer.status) || location === undefined) return answer
    const next = URL.canParse(location, target.href) ? new URL(location, target) : undefined
    if (!next || !isSameHost(next, url)) {
      throw new GuijiError('SOURCE_REDIRECTED', {
        source: conversation.settings.source,
        url: redactUrl(url),
        target: next ? redactUrl(next) : location.slice(0, 100),
      })
    }
    target = next
  }
  throw new GuijiError('SOURCE_REDIRECT_LOOP', {
    source: conversation.settings.source,
    url: redactUrl(url),
    count: mostRedirects,
  })
}

/** The same host and port, or the step from http to https on the same host. */
export function isSameHost(next: URL, first: URL): boolean {
  if (next.hostname !== first.hostname) return false
  if (next.protocol === first.protocol) return next.port === first.port
  return first.protocol === 'http:' && next.protocol === 'https:'
}

async function exchange(conversation: Conversation, url: URL, signal: AbortSignal): Promise<HttpAnswer> {
  const { settings, agent, turn, headers } = conversation
  await turn(signal)
  const stamp = { timestamp: settings.clock(), nonce: nonce(settings.random) }
  const signed = sign(settings.credential, { method: 'GET', url }, stamp)
  const answer = await send(signed.url, {
    method: 'GET',
    dispatcher: agent,
    signal,
    headers: {
      accept: 'application/json',
      'accept-encoding': acceptedEncodings,
      'user-agent': userAgent,
      ...settings.headers,
      ...headers,
      ...signed.headers,
    },
  })
  const header = (name: string) => first(answer.headers[name])
  const body = await readBody(answer.body, bodyHeaders(header), settings.maxBodyBytes)
  return { status: answer.statusCode, url, body, header }
}

function bodyHeaders(header: HttpAnswer['header']) {
  const [encoding, contentType] = ['content-encoding', 'content-type'].map(header)
  return {
    ...(encoding === undefined ? {} : { encoding }),
    ...(contentType === undefined ? {} : { contentType }),
  }
}

function first(value: string | readonly string[] | undefined): string | undefined {
  return typeof value === 'string' ? value : value?.[0]
}

function secretHeaders(headers: HttpSettings['headers']): readonly string[] {
  return Object.entries(headers)
    .filter(([name]) => isSecretName(name))
    .map(([, value]) => value)
}

/** What messages about a request to `url` may tell. */
export function askedFor(settings: HttpSettings, url: URL): Asked {
  const { source, idleSeconds, totalSeconds, maxBodyBytes } = settings
  return {
    source,
    url,
    secrets: [...secretsOf(settings.credential), ...secretHeaders(settings.headers)],
    idleSeconds,
    totalSeconds,
    limit: maxBodyBytes,
  }
}
