import fc from 'fast-check'
import { request } from 'undici'
import { expect, test } from 'vitest'
import { kindOfAddress } from '../../../src/http/address-ranges.ts'
import { openHttpClient } from '../../../src/http/client.ts'
import { guardedAgent, outboundGuard } from '../../../src/http/guarded-agent.ts'
import { AddressRefused, isOutboundEntry, permitsOf, publicOnly } from '../../../src/http/outbound.ts'
import { testContext } from './context.ts'
import { httpServer, json, status } from './server.ts'

test.each([
  ['8.8.8.8', 'public'],
  ['2400:3200::1', 'public'],
  ['10.1.2.3', 'private'],
  ['172.16.0.1', 'private'],
  ['172.32.0.1', 'public'],
  ['192.168.255.255', 'private'],
  ['100.64.0.1', 'private'],
  ['fd12::1', 'private'],
  ['127.0.0.1', 'special'],
  ['127.255.0.9', 'special'],
  ['::1', 'special'],
  ['0.0.0.0', 'special'],
  ['::', 'special'],
  ['169.254.169.254', 'special'],
  ['100.100.100.200', 'special'],
  ['fd00:ec2::254', 'special'],
  ['fe80::1', 'special'],
  ['fe80::1%eth0', 'special'],
  ['224.0.0.1', 'special'],
  ['255.255.255.255', 'special'],
  ['ff02::1', 'special'],
  ['::ffff:127.0.0.1', 'special'],
  ['::ffff:169.254.169.254', 'special'],
  ['::ffff:10.0.0.1', 'private'],
  ['::127.0.0.1', 'special'],
  ['64:ff9b::7f00:1', 'special'],
  ['2002:7f00:1::', 'special'],
  ['2001:0:7f00:1::', 'special'],
  ['no address', 'special'],
])('%s is %s', (address, kind) => {
  expect(kindOfAddress(address)).toBe(kind)
})

test('what is declared decides, and a name cannot lead to this machine or its metadata', () => {
  const permits = permitsOf({
    allow: ['10.1.0.0/16', 'api.hs.gov.cn', '*.inner.cn', '127.0.0.1'],
    only: false,
  })
  const told = [
    ['a.example', '8.8.8.8'],
    ['a.example', '10.1.9.9'],
    ['a.example', '10.2.0.1'],
    ['api.hs.gov.cn', '10.2.0.1'],
    ['API.hs.gov.cn.', '10.2.0.1'],
    ['x.api.hs.gov.cn', '10.2.0.1'],
    ['x.inner.cn', '192.168.1.1'],
    ['inner.cn', '192.168.1.1'],
    ['notinner.cn', '192.168.1.1'],
    ['api.hs.gov.cn', '169.254.169.254'],
    ['127.0.0.1', '127.0.0.1'],
    ['x', '::ffff:127.0.0.1'],
    ['127.0.0.2', '127.0.0.2'],
  ].map(([host = '', address = '']) => permits(host, address))
  expect(told).toEqual([true, true, false, true, true, false, true, false, false, false, true, true, false])
  expect(permitsOf({ allow: ['10.1.0.0/16'], only: true })('a', '8.8.8.8')).toBe(false)
})

test('only addresses, ranges and host names can be declared', () => {
  const good = ['10.0.0.0/8', '10.1.2.3', 'fd00::/8', '::1', 'api.hs.gov.cn', '*.hs.gov.cn', 'localhost']
  const bad = [
    '10.0.0.0/33',
    '10.0.0',
    'http://a.cn',
    'a.cn/path',
    '*',
    'a b',
    '',
    '10.*',
    '::1/129',
    'a..b',
    '1.2.3.4.5',
  ]
  expect(good.filter((one) => !isOutboundEntry(one))).toEqual([])
  expect(bad.filter(isOutboundEntry)).toEqual([])
})

test('no address of a special range passes, however it is written', () => {
  const permits = permitsOf(publicOnly)
  const octet = fc.integer({ min: 0, max: 255 })
  const first = fc.constantFrom(0, 10, 127, 224, 239, 240, 255)
  fc.assert(
    fc.property(fc.tuple(first, octet, octet, octet), (parts) => {
      const plain = parts.join('.')
      const hex = parts.map((part) => part.toString(16).padStart(2, '0'))
      const mapped = `::ffff:${hex[0]}${hex[1]}:${hex[2]}${hex[3]}`
      for (const address of [plain, `::ffff:${plain}`, mapped]) expect(permits('h', address)).toBe(false)
      // What a browser makes of an odd way of writing is what is looked at.
      const number = parts.reduce((sum, part) => sum * 256 + part, 0)
      for (const written of [String(number), `0x${number.toString(16)}`]) {
        expect(permits('h', new URL(`http://${written}/`).hostname)).toBe(false)
      }
    }),
    { numRuns: 300 },
  )
})

const nothing = { credential: { kind: 'none' }, headers: {}, connections: 1, retries: 3 } as const
const limits = { idleSeconds: 5, totalSeconds: 10, maxBodyBytes: 1024 }

test.each(['http://127.0.0.1', 'http://0x7f000001', 'http://[::ffff:127.0.0.1]', 'http://localhost'])(
  '%s is not asked unless it is declared, and nothing reaches it',
  async (base) => {
    await using server = await httpServer((_, response) => json(response, ['stolen']))
    const { outbound: _, ...context } = testContext()
    await using client = openHttpClient({ ...context, ...nothing, ...limits })
    const url = new URL(base)
    url.port = new URL(server.url).port
    await expect(client.get(url, {}, context.signal)).rejects.toMatchObject({
      code: 'SOURCE_ADDRESS_REFUSED',
      recovery: 'abort',
      blame: undefined,
    })
    expect(server.asked).toEqual([])
    expect(context.waits).toEqual([])
  },
)

test('a redirect from a permitted host to another address on it is looked at again', async () => {
  await using inner = await httpServer((_, response) => json(response, ['stolen']))
  await using server = await httpServer((_, response) => status(response, 302, '', { location: inner.url }))
  const context = testContext()
  await using client = openHttpClient({ ...context, ...nothing, ...limits })
  const asked = client.get(new URL(server.url), {}, context.signal)
  await expect(asked).rejects.toMatchObject({ code: 'SOURCE_REDIRECTED' })
  expect(inner.asked).toEqual([])
})

test('a name is resolved once: what it says later changes nothing', async () => {
  await using server = await httpServer((_, response) => json(response, []))
  const answers = [['127.0.0.1'], ['169.254.169.254']]
  let asked = 0
  const guard = outboundGuard({ allow: ['127.0.0.1'], only: false }, async () => {
    const addresses = answers[Math.min(asked++, answers.length - 1)] ?? []
    return addresses.map((address) => ({ address, family: 4 }))
  })
  const agent = guardedAgent(guard, { connections: 1, idle: 5000 })
  const url = `http://moving.example:${new URL(server.url).port}/`
  for (let turn = 0; turn < 3; turn++) {
    // Each on a connection of its own, so that each is looked up.
    const { statusCode, body } = await request(url, { dispatcher: agent, headers: { connection: 'close' } })
    await body.dump()
    expect(statusCode).toBe(200)
  }
  expect(asked).toBe(1)
  await agent.destroy()
})

test('of several addresses only the permitted ones are tried; a name without one is refused', async () => {
  const of = (addresses: string[]) =>
    outboundGuard({ allow: [], only: false }, async () =>
      addresses.map((address) => ({ address, family: 4 })),
    )
  expect(await of(['127.0.0.1', '8.8.8.8', '10.0.0.1']).addressesOf('a.example')).toEqual([
    { address: '8.8.8.8', family: 4 },
  ])
  await expect(of(['169.254.169.254']).addressesOf('a.example')).rejects.toThrow(AddressRefused)
})

test('a look-up that failed is done again', async () => {
  let asked = 0
  const guard = outboundGuard(publicOnly, async () => {
    if (asked++ === 0) throw Object.assign(new Error('away'), { code: 'EAI_AGAIN' })
    return [{ address: '8.8.8.8', family: 4 }]
  })
  await expect(guard.addressesOf('a.example')).rejects.toThrow('away')
  expect(await guard.addressesOf('a.example')).toHaveLength(1)
})
