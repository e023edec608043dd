import { describe, expect, test } from 'vitest'
import { csvCases, spectrumRecords } from './corpus/csv-cases.ts'
import { describeCases } from './describe-cases.ts'
import { hostileCity } from './run-cases.ts'

describeCases('csv', csvCases)

describe('csv-spectrum', () => {
  const named = csvCases.filter(({ name }) => name.includes('spectrum'))

  test.each(named.map((one) => [one.name, one] as const))('%s is read as it says', async (name, one) => {
    await using place = await hostileCity([one])
    await place.run(one)
    const { rows } = await place.town.database.pool.query(`select * from dsj.${place.codeOf(one)}`)
    const fields = one.fields ?? []
    const read = rows.map((row) =>
      Object.fromEntries(fields.map((field, at) => [field, row[`f${at}`] ?? ''])),
    )
    // One of its files holds bytes that are no UTF-8, which its own answer shows as U+FFFD: that record is rejected.
    const expected = spectrumRecords(name.replace('csv: spectrum ', '')).filter(
      (record) => !JSON.stringify(record).includes('\ufffd'),
    )
    const sorted = (records: object[]) => records.map((record) => JSON.stringify(record)).sort()
    expect(sorted(read)).toEqual(sorted(expected))
  })
})
