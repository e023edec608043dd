import { describe, expect, test } from 'vitest'
import {
  birthDate,
  citizenId,
  creditCode,
  isFemale,
  organisationCode,
  personAt,
} from '../../../examples/hengshui/generator/subjects.ts'
import { validCitizenId, validCreditCode } from './judge-records.ts'

test('the rules of the tests know real codes from wrong ones', () => {
  // The example of GB 11643, and a code of GB 32100's kind with its last character changed.
  expect(validCitizenId('11010519491231002X')).toBe(true)
  expect(validCitizenId('110105194912310021')).toBe(false)
  expect(validCreditCode('91350100M000100Y43')).toBe(true)
  expect(validCreditCode('91350100M000100Y42')).toBe(false)
})

describe.each(['resident', 'adult', 'child', 'baby', 'elder'] as const)('people: %s', (subject) => {
  test('have valid identity numbers, each once, that agree with birthday and sex', () => {
    const seen = new Set<string>()
    for (let ordinal = 0; ordinal < 20_000; ordinal += 1) {
      const person = personAt(subject, ordinal)
      const id = citizenId(person)
      seen.add(id)
      if (!validCitizenId(id)) expect(id).toBe('a valid number')
      expect(id.slice(6, 14)).toBe(birthDate(person).replaceAll('-', ''))
      expect(Number(id.charAt(16)) % 2 === 0).toBe(isFemale(person))
    }
    expect(seen.size).toBe(20_000)
  })

  test('stay different among millions', () => {
    const seen = new Set<string>()
    for (let ordinal = 0; ordinal < 3_000_000; ordinal += 97) seen.add(citizenId(personAt(subject, ordinal)))
    expect(seen.size).toBe(Math.ceil(3_000_000 / 97))
  })
})

test('residents are men and women of all ages', () => {
  const people = Array.from({ length: 1_000 }, (_, ordinal) => personAt('resident', ordinal))
  const women = people.filter(isFemale).length
  expect(women).toBeGreaterThan(400)
  expect(women).toBeLessThan(600)
  expect(new Set(people.map((person) => birthDate(person).slice(0, 3))).size).toBeGreaterThan(7)
})

test('companies have valid credit codes, each once', () => {
  const seen = new Set<string>()
  for (let company = 0; company < 50_000; company += 1) {
    const code = creditCode(company)
    seen.add(code)
    if (!validCreditCode(code)) expect(code).toBe('a valid code')
    expect(code.slice(8, 17)).toBe(organisationCode(company))
  }
  expect(seen.size).toBe(50_000)
})

test('organisation codes carry the check character of GB 11714', () => {
  const weights = [3, 7, 9, 10, 5, 8, 4, 2]
  for (let company = 0; company < 5_000; company += 7) {
    const code = organisationCode(company)
    const sum = weights.reduce((total, weight, i) => total + weight * Number.parseInt(code.charAt(i), 36), 0)
    const check = 11 - (sum % 11)
    expect(code.charAt(8)).toBe(check === 11 ? '0' : check === 10 ? 'X' : String(check))
  }
})
