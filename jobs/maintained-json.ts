import type { Maintained } from '../src/history/maintain.ts'

/** For programs and logs. Months as `YYYY-MM`; null: what was there before there were months. */
export function maintainedJson({ made, rolled, cleared, rows }: Maintained): object {
  const months = (of: readonly string[]) =>
    of.map((month) => (month === '-infinity' ? null : month.slice(0, 7)))
  return {
    busy: false,
    made: months(made),
    rolled: months(rolled),
    cleared: { chunks: months(cleared.chunks), runs: months(cleared.runs), busy: months(cleared.busy) },
    rows,
  }
}
