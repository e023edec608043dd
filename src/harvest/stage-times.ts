/**
 * Where the time of a run goes. Stages overlap (the next chunk is prepared while PostgreSQL takes in the one before),
 * so their sum may be more than the run's own time.
 */
export const stages = [
  'list', // the source's first answer
  'known', // digests of the stored rows
  'read', // waiting for the source's bytes, finding where records end
  'digest',
  'prepare', // passing over known records; framing bytes or decoding, normalising, encoding
  'copy', // PostgreSQL taking in records
  'check', // checks and classification of records that were decoded
  'commit', // ledger entry and commit of the chunks
  'index', // the unique index of a first load
  'settle', // what vanished, what conflicts
  'apply', // the changes made in the store table
  'publish',
] as const

export type Stage = (typeof stages)[number]

export class StageTimes {
  readonly #milliseconds = new Map<Stage, number>()

  /** Adds the time `work` takes to a stage, also when it fails. */
  async of<Result>(stage: Stage, work: () => Promise<Result>): Promise<Result> {
    const before = performance.now()
    try {
      return await work()
    } finally {
      this.add(stage, performance.now() - before)
    }
  }

  /** The same for work that does not wait. */
  ofNow<Result>(stage: Stage, work: () => Result): Result {
    const before = performance.now()
    const result = work()
    this.add(stage, performance.now() - before)
    return result
  }

  add(stage: Stage, milliseconds: number): void {
    this.#milliseconds.set(stage, (this.#milliseconds.get(stage) ?? 0) + milliseconds)
  }

  /** Seconds by stage, in the order of stages, those that took no time left out. */
  seconds(): Partial<Record<Stage, number>> {
    const taken = stages.filter((stage) => this.#milliseconds.has(stage))
    return Object.fromEntries(
      taken.map((stage) => [stage, Math.round(this.#milliseconds.get(stage) ?? 0) / 1000]),
    )
  }
}
