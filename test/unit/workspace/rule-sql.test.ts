import { expect, test } from 'vitest'
import { readRule } from '../../../src/workspace/rule-sql.ts'

test.each([
  ['a <= b and c is not null', ['a', 'b', 'c']],
  ["status in ('x', 'it''s; drop') or length(name) > 3", ['status', 'name']],
  ["begins::date < ends - interval '1 day'", ['begins', 'ends']],
  ['"quoted" = 1 and case when a then b else c end', ['quoted', 'a', 'b', 'c']],
  ['extract(year from born) between 1900 and 2100', ['born']],
  ['cast(a as numeric) > 1e5 and A = b', ['a', 'b']],
  ['code ~ \'^[0-9]{6}$\' collate "C"', ['code']],
])('the items of %s', (sql, names) => {
  expect(readRule(sql)).toEqual({ names })
})

test.each([
  ['a); drop table x; --', ')'],
  ['a = 1; select 1', ';'],
  ['a = 1 -- rest', '--'],
  ['a /* hidden */ = 1', '/*'],
  ['a in (select b from c)', 'select'],
  ["a = 'open", "'"],
  ['a = "open', '"'],
  ['(a = 1', '('],
  ['a = $$x$$', '$'],
])('%s does not stay within its parentheses', (sql, found) => {
  expect(readRule(sql).unsafe?.found.en).toBe(`"${found}", which does not belong in a condition`)
})
