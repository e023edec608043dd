import { type ErrorCode, type ErrorDetails, GuijiError } from '../../src/errors/guiji-error.ts'

/** What was going on when something failed, for the message. */
export interface Undertaking {
  readonly source: string
  /** `host:port` */
  readonly address: string
  readonly user: string
  readonly database: string
  /** The table or query being read; absent while connecting. */
  readonly object?: string
}

/** The GuijiError that says what a failure of the socket, of TLS or of the server means. */
export function explain(error: unknown, undertaking: Undertaking): GuijiError {
  if (error instanceof GuijiError) return error
  const code = errorCode(error)
  const detail = detailOf(error, undertaking)
  const reading = undertaking.object !== undefined
  const found =
    reading && code === 'ETIMEDOUT'
      ? 'SOURCE_CLOSED'
      : (byCode(code) ?? byMessage(detail) ?? (reading ? 'SOURCE_QUERY_FAILED' : 'SOURCE_CLOSED'))
  return new GuijiError(found, details(found, detail, undertaking), { cause: error })
}

/** SQLSTATE or the code of a Node system error. */
function errorCode(error: unknown): string {
  if (typeof error !== 'object' || error === null) return ''
  // Where a name has several addresses, Node reports one failure per address.
  if (error instanceof AggregateError && error.errors.length > 0) return errorCode(error.errors[0])
  return 'code' in error && typeof error.code === 'string' ? error.code : ''
}

const codes: Readonly<Record<string, ErrorCode>> = {
  ENOTFOUND: 'SOURCE_NAME_UNKNOWN',
  EAI_AGAIN: 'SOURCE_NAME_UNKNOWN',
  ECONNREFUSED: 'SOURCE_REFUSED',
  ETIMEDOUT: 'SOURCE_TIMEOUT',
  EHOSTUNREACH: 'SOURCE_TIMEOUT',
  ENETUNREACH: 'SOURCE_TIMEOUT',
  ECONNRESET: 'SOURCE_CLOSED',
  EPIPE: 'SOURCE_CLOSED',
  '28P01': 'SOURCE_CREDENTIAL', // invalid_password
  '28000': 'SOURCE_CREDENTIAL', // invalid_authorization_specification
  '3D000': 'SOURCE_DATABASE_UNKNOWN', // invalid_catalog_name
  '42501': 'SOURCE_FORBIDDEN', // insufficient_privilege
  '53300': 'SOURCE_BUSY', // too_many_connections
  '55P03': 'SOURCE_BUSY', // lock_not_available
  '57P03': 'SOURCE_BUSY', // cannot_connect_now: starting up or shutting down
  '57014': 'SOURCE_TIMEOUT', // query_canceled: statement_timeout
  '57P01': 'SOURCE_CLOSED', // admin_shutdown
  '57P02': 'SOURCE_CLOSED', // crash_shutdown
  '25P03': 'SOURCE_CLOSED', // idle_in_transaction_session_timeout
  '40001': 'SOURCE_CLOSED', // serialization_failure: a standby cancelled the snapshot
}

/**
 * Whether the same reading may succeed a moment later: the connection was lost (08), the server restarts (57P01 to
 * 57P03), has no connection left (53300), or could not serve the snapshot (40001).
 */
export function isPassing(error: unknown): boolean {
  if (!(error instanceof GuijiError)) return false
  const code = errorCode(error.cause)
  if (/^(08...|57P0[123]|53300|40001|ECONNRESET|EPIPE)$/.test(code)) return true
  return code === '' && error.code === 'SOURCE_CLOSED'
}

function byCode(code: string): ErrorCode | undefined {
  if (/^(ERR_TLS|ERR_SSL|CERT_|DEPTH_ZERO|SELF_SIGNED|UNABLE_TO_)/.test(code)) return 'SOURCE_TLS'
  return codes[code] ?? (code.startsWith('08') ? 'SOURCE_CLOSED' : undefined)
}

/** Failures that `pg` reports by text only. */
function byMessage(message: string): ErrorCode | undefined {
  if (/SSL/.test(message)) return 'SOURCE_TLS'
  if (/timeout expired|Query read timeout/.test(message)) return 'SOURCE_TIMEOUT'
  if (/Connection terminated|connection error and is not queryable|Premature close/.test(message))
    return 'SOURCE_CLOSED'
  if (/password must be a string|SASL/.test(message)) return 'SOURCE_CREDENTIAL'
  return undefined
}

function details(code: ErrorCode, detail: string, undertaking: Undertaking): ErrorDetails {
  const { source, address, user, database } = undertaking
  const object = undertaking.object ?? `database ${database}`
  const common = { source, address, object, database, detail }
  switch (code) {
    case 'SOURCE_NAME_UNKNOWN':
      return { ...common, host: address.replace(/:\d+$/, '') }
    case 'SOURCE_CREDENTIAL':
      return { ...common, detail: `user "${user}": ${detail}` }
    case 'SOURCE_TIMEOUT':
      return undertaking.object === undefined
        ? { ...common, what: 'connecting', seconds: connectSeconds }
        : { ...common, what: `reading ${object}`, seconds: statementSeconds }
    default:
      return common
  }
}

/** How long a connection may take to be opened and signed in. */
export const connectSeconds = 20

/** How long the server may work on one statement: longer than any sound listing, shorter than for ever. */
export const statementSeconds = 12 * 3600

function detailOf(error: unknown, undertaking: Undertaking): string {
  const message = error instanceof Error ? error.message : String(error)
  const text = message === '' ? errorCode(error) : message
  return undertaking.object === undefined ? text : text.slice(0, 500)
}
