import fc from 'fast-check'
import { expect, test } from 'vitest'
import { redactor } from '../../src/workspace/secrets.ts'
import { town } from '../e2e/town.ts'

const secret = 'hunter2-7131'

const source = (config: string) =>
  `source: { code: api, name: 接口, department: mz, kind: http-json, config: ${config} }\n`
const base = 'baseUrl: "https://api.example.cn/v1"'

test('a secret in plain text is refused wherever a document can hold one, and never repeated', async () => {
  await using place = await town()
  const harvest = (read: string) => `harvests:\n  - { dataset: homes, source: api, read: ${read} }\n`
  const files: [string, string][] = [
    ['sources/api.yaml', source(`{ baseUrl: "https://u:${secret}@api.example.cn/" }`)],
    ['sources/api.yaml', source(`{ baseUrl: "https://${secret}@api.example.cn/" }`)],
    ['sources/api.yaml', source(`{ baseUrl: "https://api.example.cn/?a=1&access_token=${secret}" }`)],
    ['sources/api.yaml', source(`{ ${base}, auth: { kind: bearer, token: ${secret} } }`)],
    ['sources/api.yaml', source(`{ ${base}, auth: { kind: hmac, keyId: a, secret: ${secret} } }`)],
    ['sources/api.yaml', source(`{ ${base}, headers: { X-Api-Key: ${secret} } }`)],
    ['sources/api.yaml', source(`{ ${base}, headers: { authorization: "Basic ${secret}" } }`)],
    ['sources/api.yaml', source(`{ ${base}, headers: { COOKIE: "session=${secret}" } }`)],
    ['harvests/mz.yaml', harvest(`{ path: /a, records: "", query: { appKey: ${secret} } }`)],
    [
      'sources/db.yaml',
      `source: { code: db, name: 库, department: mz, kind: postgres, config: { url: "postgres://u:${secret}@h/d" } }\n`,
    ],
    ['guiji.yaml', `name: 小城\nstore: { url: "postgres://u:${secret}@h/d" }\n`],
  ]
  for (const [file, text] of files) {
    await place.write('guiji.yaml', 'name: 小城\n')
    await place.write('harvests/mz.yaml', harvest('{ path: /a, records: "" }'))
    await place.write('sources/api.yaml', source(`{ ${base} }`))
    await place.write('sources/db.yaml', '')
    await place.write(file, text)
    const { code, out, err } = await place.guiji(['apply', '--dry-run'])
    expect([text, code]).toEqual([text, 2])
    expect(err).toMatch(/plain text|holds a secret|expected/)
    expect(out + err).not.toContain(secret)
  }
}, 60_000)

test('a secret is taken out in every form that others give it', () => {
  const tricky = fc.string({ minLength: 4, unit: fc.constantFrom(...'ab"\\/ +&=%@:衡\n') })
  fc.assert(
    fc.property(tricky, (value) => {
      const redact = redactor([value])
      const forms = [
        value,
        encodeURIComponent(value),
        encodeURIComponent(value).toLowerCase(),
        new URLSearchParams({ k: value }).toString().slice(2),
        JSON.stringify(value),
        JSON.stringify(JSON.stringify(value)),
        Buffer.from(value).toString('base64'),
      ]
      for (const form of forms.filter((one) => one.includes(value) || one.length > 8))
        expect(redact(`<${form}>`)).toMatch(/\*\*\*/)
    }),
    { numRuns: 500 },
  )
})

test('of a secret that is a URL the password is one too', () => {
  const redact = redactor(['postgres://u:p%40ss-7131@h/d?sslpassword=inner-7131'])
  expect(redact('role "u", password p@ss-7131 or p%40ss-7131 (inner-7131)')).toBe(
    'role "u", password *** or *** (***)',
  )
})
