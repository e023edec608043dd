import fc from 'fast-check'
import { expect, test } from 'vitest'
import { fitIdentifier, literal, qualified, quote } from '../../../src/store/identifiers.ts'
import { testDatabase } from '../../setup/database.ts'

const text = fc.string({ unit: 'binary', maxLength: 40 }).filter((value) => !value.includes('\0'))
const hostile = fc.oneof(
  text,
  fc.constantFrom(`a"; drop table kept; --`, `x'; drop table kept; --`, '政务\\"', `\\'`, 'A b.c'),
)
const names = hostile.filter((name) => name !== '').map(fitIdentifier)

test('any name and any comment go into the database and come back as they were', async () => {
  await using database = await testDatabase()
  await database.pool.query('create table kept (n int)')
  await fc.assert(
    fc.asyncProperty(names, names, hostile, async (name, column, comment) => {
      const schema = fitIdentifier(`s${name}`)
      const table = qualified(schema, name)
      await database.pool.query(`create schema ${quote(schema)}; create table ${table} (${quote(column)} int);
        comment on table ${table} is ${literal(comment)}`)
      const { rows } = await database.pool.query(
        `select nspname, relname, attname, obj_description(attrelid) as comment
           from pg_attribute join pg_class c on c.oid = attrelid join pg_namespace n on n.oid = relnamespace
          where attrelid = to_regclass($1) and attnum = 1`,
        [table],
      )
      await database.pool.query(`drop schema ${quote(schema)} cascade`)
      expect(rows).toEqual([
        { nspname: schema, relname: name, attname: column, comment: comment === '' ? null : comment },
      ])
    }),
    { numRuns: 100 },
  )
  expect((await database.pool.query('select from kept')).rowCount).toBe(0)
})

test('literals do not depend on a setting of the server', async () => {
  await using database = await testDatabase()
  const client = await database.pool.connect()
  for (const setting of ['on', 'off']) {
    await client.query(`set standard_conforming_strings to ${setting}`)
    const { rows } = await client.query(`select ${literal(`\\'; drop '' \\`)} as text`)
    expect(rows).toEqual([{ text: `\\'; drop '' \\` }])
  }
  client.release()
})

test('what no server can hold is refused', () => {
  for (const name of ['', 'a\0b', '\ud800']) expect(() => quote(name)).toThrow('IDENTIFIER_INVALID')
  expect(() => literal('a\0b')).toThrow('IDENTIFIER_INVALID')
})

test('a fitted name fits, is cut between characters, and keeps different names apart', () => {
  const long = fc.string({ unit: 'grapheme', minLength: 20, maxLength: 90 })
  fc.assert(
    fc.property(long, long, (one, other) => {
      const [first, second] = [fitIdentifier(one), fitIdentifier(other)]
      expect(Buffer.byteLength(first)).toBeLessThanOrEqual(63)
      expect(first.isWellFormed()).toBe(true)
      expect(one.startsWith(first.replace(/_[0-9a-f]{8}$/, ''))).toBe(true)
      expect(first === second).toBe(one === other)
    }),
  )
  const eighty = '统'.repeat(80)
  expect(fitIdentifier(eighty)).toMatch(/^统{18}_[0-9a-f]{8}$/)
  expect(fitIdentifier(`${eighty}一`)).not.toBe(fitIdentifier(`${eighty}二`))
  expect(fitIdentifier('统一社会信用代码')).toBe('统一社会信用代码')
  expect(fitIdentifier('a'.repeat(63))).toBe('a'.repeat(63))
})
