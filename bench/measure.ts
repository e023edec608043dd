/** Seconds a piece of work takes. */
export async function seconds(work: () => Promise<unknown>): Promise<number> {
  const before = performance.now()
  await work()
  return (performance.now() - before) / 1000
}

export function median(values: readonly number[]): number {
  const sorted = values.toSorted((left, right) => left - right)
  return sorted[Math.floor(sorted.length / 2)] ?? Number.NaN
}

/** One side of a comparison: prepared outside the clock, timed, and checked. */
export interface Side {
  /** Unique over all cases: results are found by it. */
  readonly name: string
  prepare(): Promise<unknown>
  run(): Promise<unknown>
}

/** What a case found: seconds by the name of the side, mebibytes by the name of what was measured. */
export interface Findings {
  readonly seconds: ReadonlyMap<string, readonly number[]>
  readonly mebibytes?: ReadonlyMap<string, readonly number[]>
  /** Why nothing was measured. */
  readonly skipped?: string
}

/** Runs the sides in turn, so that a drift of the machine meets all of them. Gives each side's times. */
export async function inTurn(sides: readonly Side[], rounds: number): Promise<Map<string, number[]>> {
  const times = new Map<string, number[]>(sides.map((side) => [side.name, []]))
  for (let round = 0; round < rounds; round += 1) {
    for (const side of sides) {
      await side.prepare()
      times.get(side.name)?.push(await seconds(() => side.run()))
    }
  }
  return times
}

/** One round to warm up, which does not count, then `rounds` that do. */
export async function compare(sides: readonly Side[], rounds: number): Promise<Findings> {
  await inTurn(sides, 1)
  return { seconds: await inTurn(sides, rounds) }
}
