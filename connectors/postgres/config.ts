import { readFileSync } from 'node:fs'
import type { ConnectorContext, JsonSchema } from '../../src/connector.ts'
import { GuijiError } from '../../src/errors/guiji-error.ts'

export const configSchema: JsonSchema = {
  type: 'object',
  title: 'PostgreSQL connection',
  'title:zh': 'PostgreSQL 连接',
  properties: {
    url: { type: 'string', title: 'Connection URL', 'title:zh': '连接地址', secret: true },
    host: { type: 'string', minLength: 1, title: 'Host', 'title:zh': '主机' },
    port: { type: 'integer', minimum: 1, maximum: 65535, default: 5432, title: 'Port', 'title:zh': '端口' },
    database: { type: 'string', minLength: 1, title: 'Database', 'title:zh': '数据库' },
    user: { type: 'string', minLength: 1, title: 'User', 'title:zh': '用户' },
    password: { type: 'string', title: 'Password', 'title:zh': '密码', secret: true },
    ssl: {
      enum: [true, false, 'unverified'],
      default: false,
      title: 'Encrypt; "unverified" accepts any certificate',
      'title:zh': '加密；"unverified" 表示不校验证书',
    },
    certificateAuthority: {
      type: 'string',
      title: 'File with the certificate authority (PEM)',
      'title:zh': '根证书文件（PEM）',
    },
  },
  additionalProperties: false,
  oneOf: [{ required: ['url'] }, { required: ['host', 'database', 'user'] }],
}

export const readSchema: JsonSchema = {
  type: 'object',
  title: 'What to read from PostgreSQL',
  'title:zh': '读取内容',
  properties: {
    table: { type: 'string', minLength: 1, title: 'Table or view, schema.table', 'title:zh': '表或视图' },
    query: { type: 'string', minLength: 1, title: 'One SELECT statement', 'title:zh': '一条 SELECT 语句' },
  },
  additionalProperties: false,
  oneOf: [{ required: ['table'] }, { required: ['query'] }],
}

/** Where a PostgreSQL-family server is and who signs in. */
export interface Address {
  readonly host: string
  readonly port: number
  readonly database: string
  readonly user: string
  readonly password: string
  /** `false`: plain; otherwise what Node's TLS is given. */
  readonly ssl: false | { readonly rejectUnauthorized: boolean; readonly ca?: string }
}

/** `host:port`: what messages say instead of a URL, which holds the password. */
export function addressText(address: Address): string {
  return `${address.host}:${address.port}`
}

export function parseConfig(config: Readonly<Record<string, unknown>>, context: ConnectorContext): Address {
  const ca = certificateAuthority(config.certificateAuthority, context)
  if (typeof config.url === 'string') return fromUrl(config.url, ca, context)
  return {
    host: String(config.host),
    port: Number(config.port ?? 5432),
    database: String(config.database),
    user: String(config.user),
    password: typeof config.password === 'string' ? config.password : '',
    ssl: config.ssl === true || config.ssl === 'unverified' ? tls(config.ssl === true, ca) : false,
  }
}

/** `postgres://user:password@host:5432/database?sslmode=verify-full`; sslmode means what it means to libpq. */
function fromUrl(text: string, ca: string | undefined, context: ConnectorContext): Address {
  const url = URL.canParse(text) ? new URL(text) : undefined
  if (!url || !/^postgres(ql)?:$/.test(url.protocol) || url.hostname === '') {
    // The text is not shown: it may hold the password.
    throw new GuijiError('SOURCE_CONFIG_INVALID', {
      source: context.source,
      property: 'config.url',
      detail: 'is not of the form postgres://user:password@host:5432/database',
    })
  }
  const mode = url.searchParams.get('sslmode') ?? 'disable'
  const encrypted = ['require', 'verify-ca', 'verify-full', 'no-verify'].includes(mode)
  return {
    host: url.hostname.replace(/^\[|\]$/g, ''),
    port: url.port === '' ? 5432 : Number(url.port),
    database: decodeURIComponent(url.pathname.slice(1)) || decodeURIComponent(url.username),
    user: decodeURIComponent(url.username),
    password: decodeURIComponent(url.password),
    ssl: encrypted ? tls(mode.startsWith('verify'), ca) : false,
  }
}

function tls(verify: boolean, ca: string | undefined) {
  return { rejectUnauthorized: verify, ...(ca === undefined ? {} : { ca }) }
}

function certificateAuthority(path: unknown, context: ConnectorContext): string | undefined {
  if (typeof path !== 'string') return undefined
  const file = path.startsWith('/') ? path : `${context.directory}/${path}`
  try {
    return readFileSync(file, 'utf8')
  } catch (error) {
    throw new GuijiError(
      'SOURCE_CONFIG_INVALID',
      {
        source: context.source,
        property: 'config.certificateAuthority',
        detail: `names ${file}, which cannot be read`,
      },
      { cause: error },
    )
  }
}
