import fc from 'fast-check'
import { expect, test } from 'vitest'
import { GuijiError } from '../../../src/errors/guiji-error.ts'
import { readSecret, redactor, resolveSecrets } from '../../../src/workspace/secrets.ts'

const secret = { type: 'string', secret: true }
const schema = {
  type: 'object',
  properties: {
    baseUrl: { type: 'string' },
    auth: {
      oneOf: [
        { type: 'object', properties: { kind: { const: 'none' } } },
        { type: 'object', properties: { kind: { const: 'hmac' }, keyId: { type: 'string' }, secret } },
      ],
    },
    keys: { type: 'array', items: { $ref: '#/$defs/key' } },
  },
  $defs: { key: { type: 'object', properties: { value: secret } } },
}
const files = async (path: string) => {
  if (path === '/run/secrets/key') return 'from-file\n'
  throw Object.assign(new Error('no such file'), { code: 'ENOENT' })
}

test('references are replaced at marked places only, however deep', async () => {
  const config = {
    baseUrl: 'env:NOT_A_SECRET',
    auth: { kind: 'hmac', keyId: 'env:KEPT', secret: 'env:HMAC' },
    keys: [{ value: 'file:/run/secrets/key' }, { value: 'env:HMAC' }],
  }
  const { config: resolved, secrets } = await resolveSecrets(config, schema, { HMAC: 's3cret' }, files)
  expect(resolved).toEqual({
    baseUrl: 'env:NOT_A_SECRET',
    auth: { kind: 'hmac', keyId: 'env:KEPT', secret: 's3cret' },
    keys: [{ value: 'from-file' }, { value: 's3cret' }],
  })
  expect([...secrets].sort()).toEqual(['from-file', 's3cret'])
  expect(config.auth.secret).toBe('env:HMAC')
})

test.each([
  ['env:ABSENT', 'the variable is not set'],
  ['env:EMPTY', 'the variable is not set'],
  ['file:/nowhere', 'ENOENT'],
])('%s that cannot be read is named', async (reference, reason) => {
  const read = resolveSecrets({ keys: [{ value: reference }] }, schema, { EMPTY: '' }, files)
  await expect(read).rejects.toSatisfy((error) => {
    expect(error).toBeInstanceOf(GuijiError)
    expect((error as GuijiError).fact('en')).toBe(`the secret ${reference} cannot be read: ${reason}`)
    expect((error as GuijiError).code).toBe('SECRET_MISSING')
    return true
  })
})

test('a store address is read through a reference or is its own value', async () => {
  const places = { environment: { URL: 'postgres://a@b/c' }, readFile: files }
  expect(await readSecret('env:URL', places)).toBe('postgres://a@b/c')
  expect(await readSecret('postgres://x/y', places)).toBe('postgres://x/y')
})

test('a redacted text holds no secret, nor a rest of one, nor its form in a URL', () => {
  const redact = redactor(['abc', 'abcdef', 'p@ss/wörd', ''])
  expect(redact('abcdef abc http://u:p%40ss%2Fw%C3%B6rd@h p@ss/wörd')).toBe('*** *** http://u:***@h ***')
})

test('no secret survives in any text', () => {
  const word = fc.string({ minLength: 1 }).filter((text) => !'***'.includes(text))
  fc.assert(
    fc.property(word, fc.string(), fc.string(), (value, before, after) => {
      const redacted = redactor([value])(before + value + after)
      expect(redacted.split('***').some((piece) => piece.includes(value))).toBe(false)
    }),
  )
})
