import type { OutboundRules } from '../connector.ts'
import { isWithin, kindOfAddress, parseRange, rangesOf } from './address-ranges.ts'

/** Nothing declared: systems with a public address may be asked, nothing inside the network. */
export const publicOnly: OutboundRules = { allow: [], only: false }

/** Whether requests for `host` may go to `address`. */
export type Permits = (host: string, address: string) => boolean

/**
 * The rules of `outbound` in `guiji.yaml`:
 *
 * - an address or range that is listed may be asked, whatever it is;
 * - a listed host name (`api.hs.gov.cn`, `*.hs.gov.cn`) may be asked at public and private addresses: who runs the
 *   name server of a department cannot point guiji at its own machine or at the metadata of its cloud;
 * - everything else only at public addresses, and not even there where `only` is set.
 */
export function permitsOf({ allow, only }: OutboundRules): Permits {
  const ranges = rangesOf(allow)
  const hosts = allow.filter((entry) => parseRange(entry) === undefined).map((entry) => entry.toLowerCase())
  return (host, address) => {
    if (isWithin(ranges, address)) return true
    const kind = kindOfAddress(address)
    if (kind === 'special') return false
    return hosts.some((entry) => matchesHost(entry, host)) || (kind === 'public' && !only)
  }
}

/** An address, a range (CIDR) or a host name, `*.` before it for all names below. */
export function isOutboundEntry(text: string): boolean {
  return (
    parseRange(text) !== undefined ||
    (/^(\*\.)?[a-z\d_]([a-z\d_-]*[a-z\d_])?(\.[a-z\d_]([a-z\d_-]*[a-z\d_])?)*$/i.test(text) &&
      !/^[\d.]+$/.test(text))
  )
}

function matchesHost(entry: string, host: string): boolean {
  const name = host.toLowerCase().replace(/\.$/, '')
  return entry.startsWith('*.') ? name.endsWith(entry.slice(1)) : name === entry
}

/** Thrown where a request would go to an address that is not permitted. */
export class AddressRefused extends Error {
  override readonly name = 'AddressRefused'
  readonly host: string
  readonly address: string

  constructor(host: string, address: string) {
    super(host === address ? `${address} is not permitted` : `${host} is ${address}, which is not permitted`)
    this.host = host
    this.address = address
  }
}
