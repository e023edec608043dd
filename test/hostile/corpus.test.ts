import { expect, test } from 'vitest'
import { csvCases } from './corpus/csv-cases.ts'
import { excelCases } from './corpus/excel-cases.ts'
import { httpCases } from './corpus/http-cases.ts'
import { jsonCases } from './corpus/json-cases.ts'
import { outcomes } from './outcomes.ts'

test('every case has its line in the table of outcomes, and every line its case', () => {
  const names = [csvCases, jsonCases, excelCases, httpCases].flat().map(({ name }) => name)
  expect(new Set(names).size).toBe(names.length)
  expect([...outcomes.keys()]).toEqual(names)
  expect(names.length).toBeGreaterThanOrEqual(80)
})
