import type { ConnectorContext, JsonSchema } from '../../src/connector.ts'
import { GuijiError } from '../../src/errors/guiji-error.ts'
import type { HttpSettings } from '../../src/http/client.ts'
import type { Credential } from '../../src/http/signing.ts'

/** A pattern that matches a word in capitals and small letters. */
const anyCase = (word: string) => word.replace(/[a-z]/g, (letter) => `[${letter}${letter.toUpperCase()}]`)

/** Names of headers whose values are secrets. */
const secretHeader = anyCase('auth|cookie|token|secret|password|api[-_]?key|app[-_]?key|access[-_]?key')
/** Names of query parameters that hold nothing else: `key` alone may be a word that is searched for. */
export const secretParameter = anyCase(
  '(access[-_]?)?token|secret|app[-_]?secret|(api|app|access)[-_]?key|passwd|password|pwd',
).replace(/^.*$/, '($&)')

const kindTitle = { title: 'Kind', 'title:zh': '类型' }

export const configSchema: JsonSchema = {
  type: 'object',
  title: 'HTTP interface that answers JSON',
  'title:zh': '返回 JSON 的 HTTP 接口',
  properties: {
    baseUrl: {
      type: 'string',
      pattern: '^https?://[^/?#@\\s]+([/?#]\\S*)?$',
      // No key in its query either: secrets are only ever references.
      format: 'no-secret-url',
      title: 'Base address; read.path is put behind it',
      'title:zh': '基础地址，read.path 接在其后',
    },
    auth: {
      type: 'object',
      title: 'How to sign in',
      'title:zh': '认证方式',
      properties: {
        kind: { enum: ['none', 'bearer', 'key', 'hmac'], ...kindTitle },
        token: { type: 'string', secret: true, title: 'Token or key', 'title:zh': '令牌或密钥' },
        header: { type: 'string', title: 'Header that carries the key', 'title:zh': '携带密钥的请求头' },
        query: {
          type: 'string',
          title: 'Query parameter that carries the key',
          'title:zh': '携带密钥的查询参数',
        },
        keyId: { type: 'string', title: 'Public id of the signing key', 'title:zh': '签名密钥编号' },
        secret: { type: 'string', secret: true, title: 'Signing secret', 'title:zh': '签名密钥' },
      },
      required: ['kind'],
      additionalProperties: false,
      anyOf: [
        { properties: { kind: { const: 'none', ...kindTitle } } },
        { properties: { kind: { enum: ['bearer', 'key'], ...kindTitle } }, required: ['token'] },
        { properties: { kind: { const: 'hmac', ...kindTitle } }, required: ['keyId', 'secret'] },
      ],
    },
    idleSeconds: {
      type: 'number',
      exclusiveMinimum: 0,
      default: 30,
      title: 'Seconds without a byte',
      'title:zh': '无数据超时（秒）',
    },
    totalSeconds: {
      type: 'number',
      exclusiveMinimum: 0,
      default: 300,
      title: 'Seconds for one answer',
      'title:zh': '单次响应超时（秒）',
    },
    retries: {
      type: 'integer',
      minimum: 0,
      maximum: 20,
      default: 4,
      title: 'Further attempts',
      'title:zh': '重试次数',
    },
    headers: {
      type: 'object',
      patternProperties: {
        [secretHeader]: {
          type: 'string',
          secret: true,
          title: 'Header that holds a secret',
          'title:zh': '含密钥的请求头',
        },
      },
      additionalProperties: { type: 'string' },
      title: 'Further request headers',
      'title:zh': '其他请求头',
    },
    maxPageMebibytes: {
      type: 'integer',
      minimum: 1,
      maximum: 512,
      default: 64,
      title: 'Largest answer, MiB',
      'title:zh': '单次响应上限（MiB）',
    },
    discover: {
      type: 'array',
      items: { type: 'string' },
      title: 'Paths that "source discover" and "source test" look at',
      'title:zh': '“source discover”与“source test”查看的路径',
    },
  },
  required: ['baseUrl'],
  additionalProperties: false,
}

/** A source's configuration, defaults filled in. */
export interface Config {
  readonly base: URL
  readonly http: HttpSettings
  readonly discover: readonly string[]
}

export function parseConfig(config: Readonly<Record<string, unknown>>, context: ConnectorContext): Config {
  const base = String(config.baseUrl)
  if (!URL.canParse(base) || !/^https?:/.test(base)) {
    throw new GuijiError('SOURCE_CONFIG_INVALID', {
      source: context.source,
      property: 'config.baseUrl',
      detail: 'is not an http or https address',
    })
  }
  const { requestsPerSecond, connections } = context.politeness
  return {
    base: new URL(base),
    discover: Array.isArray(config.discover) ? config.discover.map(String) : [],
    http: {
      source: context.source,
      clock: context.clock,
      sleep: context.sleep,
      random: context.random,
      connections,
      ...(requestsPerSecond === undefined ? {} : { requestsPerSecond }),
      credential: credential(record(config.auth)),
      headers: texts(record(config.headers)),
      idleSeconds: Number(config.idleSeconds ?? 30),
      totalSeconds: Number(config.totalSeconds ?? 300),
      retries: Number(config.retries ?? 4),
      ...(context.outbound === undefined ? {} : { outbound: context.outbound }),
      maxBodyBytes: Number(config.maxPageMebibytes ?? 64) * 1024 * 1024,
    },
  }
}

function credential(auth: Readonly<Record<string, unknown>>): Credential {
  const token = String(auth.token ?? '')
  switch (auth.kind) {
    case 'bearer':
      return { kind: 'bearer', token }
    case 'key':
      return {
        kind: 'key',
        token,
        ...(typeof auth.header === 'string' ? { header: auth.header } : {}),
        ...(typeof auth.query === 'string' ? { query: auth.query } : {}),
      }
    case 'hmac':
      return { kind: 'hmac', keyId: String(auth.keyId), secret: String(auth.secret) }
    default:
      return { kind: 'none' }
  }
}

export function record(value: unknown): Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null ? { ...value } : {}
}

export function texts(values: Readonly<Record<string, unknown>>): Readonly<Record<string, string>> {
  return Object.fromEntries(Object.entries(values).map(([name, value]) => [name, String(value)]))
}

/** `path` behind the base address: the base's own path and query are kept. */
export function addressOf(base: URL, path: string, query: Readonly<Record<string, string>>): URL {
  const url = new URL(base)
  const [bare = '', search = ''] = path.split('?', 2)
  if (bare !== '') url.pathname = `${url.pathname.replace(/\/+$/, '')}/${bare.replace(/^\/+/, '')}`
  for (const [name, value] of new URLSearchParams(search)) url.searchParams.append(name, value)
  for (const [name, value] of Object.entries(query)) url.searchParams.set(name, value)
  return url
}
