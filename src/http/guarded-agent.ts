import { promises as dns, type LookupAddress } from 'node:dns'
import { isIP, type LookupFunction } from 'node:net'
import { Agent, buildConnector } from 'undici'
import type { OutboundRules } from '../connector.ts'
import { AddressRefused, permitsOf } from './outbound.ts'

export type Resolve = (host: string) => Promise<readonly LookupAddress[]>

/** Decides where connections may go. Lives as long as one conversation. */
export interface OutboundGuard {
  /**
   * The permitted addresses of a host. Resolved once and kept: a name that changes its address between two
   * requests (DNS rebinding) changes nothing. Throws AddressRefused and what the resolver throws.
   */
  addressesOf(host: string): Promise<readonly LookupAddress[]>
  /** The same as `net.connect` wants it. */
  readonly lookup: LookupFunction
}

const systemResolver: Resolve = (host) => dns.lookup(host, { all: true, verbatim: true })

export function outboundGuard(rules: OutboundRules, resolve: Resolve = systemResolver): OutboundGuard {
  const permits = permitsOf(rules)
  const pinned = new Map<string, Promise<readonly LookupAddress[]>>()
  const find = async (host: string) => {
    const version = isIP(host)
    const found = version === 0 ? await resolve(host) : [{ address: host, family: version }]
    const permitted = found.filter(({ address }) => permits(host, address))
    const refused = found[0]
    if (permitted.length === 0 && refused) throw new AddressRefused(host, refused.address)
    return permitted
  }
  const addressesOf = (shown: string) => {
    const host = shown.replace(/^\[|\]$/g, '')
    const known = pinned.get(host)
    if (known) return known
    const finding = find(host)
    pinned.set(host, finding)
    // A name server that was away for a moment is asked again.
    finding.catch(() => pinned.delete(host))
    return finding
  }
  return { addressesOf, lookup: lookupBy(addressesOf) }
}

function lookupBy(addressesOf: OutboundGuard['addressesOf']): LookupFunction {
  return (host, options, give) => {
    addressesOf(host).then(
      (found) => {
        const fitting = found.filter(({ family }) => !options.family || family === options.family)
        const first = fitting[0]
        if (!first) give(Object.assign(new Error(`${host} has no address`), { code: 'ENOTFOUND' }), '')
        else if (options.all) give(null, [...fitting])
        else give(null, first.address, first.family)
      },
      (error: NodeJS.ErrnoException) => give(error, ''),
    )
  }
}

export interface AgentOptions {
  readonly connections: number
  /** Milliseconds without a byte. */
  readonly idle: number
}

/** Connections that go only where the guard permits: every one of them, whoever asked and wherever it was redirected. */
export function guardedAgent(guard: OutboundGuard, { connections, idle }: AgentOptions): Agent {
  const connect = buildConnector({
    timeout: Math.min(idle, 20_000),
    lookup: guard.lookup,
  } as buildConnector.BuildOptions)
  return new Agent({
    connections,
    headersTimeout: idle,
    bodyTimeout: idle,
    maxHeaderSize: 32 * 1024,
    // An address in place of a name is connected to without a look-up: it is looked at here.
    connect: (options, callback) => {
      guard.addressesOf(options.hostname).then(
        () => connect(options, callback),
        (error: Error) => callback(error, null),
      )
    },
  })
}
