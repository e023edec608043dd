import { GuijiError } from '../../errors/guiji-error.ts'
import { codeOf } from './file-errors.ts'

/** A store's URL as it may be shown. */
export interface StoreAddress {
  /** `host:port/database`. */
  readonly shown: string
  readonly user: string
  readonly database: string
}

const NETWORK =
  /^(ECONN|ENOTFOUND|EAI_|ETIMEDOUT|EHOST|ENET|EPIPE|ERR_TLS|CERT|UNABLE_|SELF_SIGNED|DEPTH_ZERO)/
const LOST = /^(57P0[1-5]|08...)$/

/**
 * What of a URL is not secret.
 *
 * @throws GuijiError STORE_URL_INVALID, which shows nothing of the URL and has no cause, because both would hold
 * the password
 */
export function storeAddress(url: string): StoreAddress {
  const parsed = URL.parse(url)
  if (!parsed) throw invalid('it cannot be parsed')
  if (!/^postgres(ql)?:$/.test(parsed.protocol)) throw invalid('it does not begin with postgresql://')
  // An unencoded / or # in a password ends the host early and leaves an @ behind it.
  if (`${parsed.pathname}${parsed.hash}`.includes('@')) throw invalid('an @ stands behind the host')
  if (!parsed.hostname && !parsed.searchParams.has('host')) throw invalid('it names no host')
  const host = parsed.hostname || (parsed.searchParams.get('host') ?? '')
  const user = decode(parsed.username)
  const database = decode(parsed.pathname.slice(1)) || user
  return { shown: `${host}:${parsed.port || 5432}/${database}`, user, database }
}

/** An error of `pg` as what it means for the store; errors of single statements stay as they are. */
export function toStoreError(error: unknown, address: StoreAddress): unknown {
  if (error instanceof GuijiError) return error
  const code = codeOf(error) ?? ''
  const message = error instanceof Error ? error.message : String(error)
  const options = { cause: error }
  const at = { address: address.shown, user: address.user, database: address.database }
  if (/^28/.test(code)) return new GuijiError('STORE_REFUSED_PASSWORD', at, options)
  if (code === '3D000') return new GuijiError('STORE_NO_DATABASE', at, options)
  if (code === '53300') return new GuijiError('STORE_NO_CONNECTION_LEFT', at, options)
  if (code === '53100' || code === 'ENOSPC') {
    return new GuijiError('STORE_DISK_FULL', { path: address.shown }, options)
  }
  if (
    LOST.test(code) ||
    /Connection terminated unexpectedly|Client has encountered a connection error/.test(message)
  ) {
    return new GuijiError('STORE_LOST', { ...at, reason: message }, options)
  }
  if (NETWORK.test(code) || /timeout expired|SSL/.test(message)) {
    return new GuijiError('STORE_UNREACHABLE', { ...at, reason: code || message }, options)
  }
  return error
}

function invalid(reason: string): GuijiError {
  return new GuijiError('STORE_URL_INVALID', { reason })
}

function decode(text: string): string {
  try {
    return decodeURIComponent(text)
  } catch {
    return text
  }
}
