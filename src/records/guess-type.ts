import type { DiscoveredField } from '../connector.ts'

type GuessedType = DiscoveredField['type']

const patterns: readonly (readonly [GuessedType, RegExp])[] = [
  // Leading zeros and very long runs of digits are codes, not numbers.
  ['integer', /^-?(0|[1-9]\d{0,14})$/],
  ['decimal', /^-?(0|[1-9]\d{0,14})(\.\d+)?$/],
  ['date', /^\d{4}-(0[1-9]|1[0-2])-(0[1-9]|[12]\d|3[01])$/],
  ['time', /^([01]\d|2[0-3]):[0-5]\d(:[0-5]\d(\.\d+)?)?$/],
  ['instant', /^\d{4}-\d\d-\d\d[T ]\d\d:\d\d(:\d\d(\.\d+)?)?(Z|[+-]\d\d(:?\d\d)?)$/],
  ['datetime', /^\d{4}-\d\d-\d\d[T ]\d\d:\d\d(:\d\d(\.\d+)?)?$/],
  ['boolean', /^(true|false)$/i],
  ['uuid', /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i],
]

/** The narrowest item type that all sample values have; `text` where there are none. */
export function guessType(values: readonly (string | null | undefined)[]): GuessedType {
  const present = values.filter((value) => value !== null && value !== undefined && value !== '')
  if (present.length === 0) return 'text'
  const fitting = patterns.find(([, pattern]) => present.every((value) => pattern.test(value ?? '')))
  return fitting?.[0] ?? 'text'
}

/** Fields as a sample of decoded records shows them; files declare neither types nor keys. */
export function guessFields(
  names: readonly string[],
  sample: readonly (readonly (string | null)[])[],
): readonly DiscoveredField[] {
  return names.map((name, column) => {
    const values = sample.map((record) => record[column])
    return {
      name,
      sourceType: 'text',
      type: guessType(values),
      nullable: values.length === 0 || values.some((value) => value === null || value === undefined),
      key: false,
    }
  })
}
