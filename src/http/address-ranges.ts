import { BlockList, isIP } from 'node:net'

/**
 * What an address is good for, after the IANA special-purpose registries (RFC 6890, RFC 4291, RFC 6598).
 * `special`: this machine itself, its link (where clouds put their metadata and credentials), multicast, addresses
 * that stand for others (NAT64, 6to4, Teredo), documentation. No department's system has one of these.
 */
export type AddressKind = 'public' | 'private' | 'special'

const specialRanges = [
  '0.0.0.0/8',
  '127.0.0.0/8',
  '169.254.0.0/16',
  '192.0.0.0/24',
  '192.0.2.0/24',
  '192.88.99.0/24',
  '198.18.0.0/15',
  '198.51.100.0/24',
  '203.0.113.0/24',
  '224.0.0.0/4',
  '240.0.0.0/4',
  // Metadata of Alibaba Cloud and of AWS lies inside ranges that are otherwise private.
  '100.100.100.200/32',
  'fd00:ec2::254/128',
  '::/128',
  '::1/128',
  '::/96',
  '64:ff9b::/96',
  '64:ff9b:1::/48',
  '100::/64',
  '2001::/23',
  '2001:db8::/32',
  '2002::/16',
  'fe80::/10',
  'fec0::/10',
  'ff00::/8',
]

const privateRanges = ['10.0.0.0/8', '100.64.0.0/10', '172.16.0.0/12', '192.168.0.0/16', 'fc00::/7']

const special = rangesOf(specialRanges)
const inside = rangesOf(privateRanges)

/** The kind of an IP address; what is no address is special, so that it is refused. */
export function kindOfAddress(address: string): AddressKind {
  if (isIP(address) === 0 || isWithin(special, address)) return 'special'
  return isWithin(inside, address) ? 'private' : 'public'
}

/** A list of ranges such as `10.1.0.0/16`, `fd00::/8` and single addresses. */
export function rangesOf(texts: readonly string[]): BlockList {
  const list = new BlockList()
  for (const text of texts) {
    const range = parseRange(text)
    if (range) list.addSubnet(range.address, range.prefix, range.family)
  }
  return list
}

export interface AddressRange {
  readonly address: string
  /** Bits. */
  readonly prefix: number
  readonly family: 'ipv4' | 'ipv6'
}

/** Undefined for a text that is neither an address nor a range. */
export function parseRange(text: string): AddressRange | undefined {
  const [address = '', bits, ...more] = text.split('/')
  const version = isIP(address)
  const longest = version === 4 ? 32 : 128
  if (version === 0 || more.length > 0 || address.includes('%')) return undefined
  if (bits !== undefined && !(/^\d{1,3}$/.test(bits) && Number(bits) <= longest)) return undefined
  const prefix = bits === undefined ? longest : Number(bits)
  return { address, prefix, family: version === 4 ? 'ipv4' : 'ipv6' }
}

/** IPv4 addresses written as IPv6 (`::ffff:127.0.0.1`) count as what they stand for; a zone (`%eth0`) is passed over. */
export function isWithin(ranges: BlockList, address: string): boolean {
  const bare = address.replace(/%.*$/, '')
  const version = isIP(bare)
  return version !== 0 && ranges.check(bare, version === 4 ? 'ipv4' : 'ipv6')
}
