import type { Listing } from '../connector.ts'

/** How a listing is opened, and what is done when that fails. */
export interface Opening {
  readonly open: () => Promise<Listing>
  /** Waits and says true where the failed attempt `attempt` (from 1) is worth another. */
  readonly again: (error: unknown, attempt: number) => Promise<boolean>
}

/**
 * Opens a listing, and opens it anew after a passing failure as long as no batch of it was given on: from the first
 * record on, a second reading would be another one, of another moment.
 */
export async function openPatiently(opening: Opening): Promise<Listing> {
  const attempts = { failed: 0 }
  let current = await openNew(opening, attempts)
  const first = current
  return {
    ...first,
    async *batches() {
      for (;;) {
        let given = false
        try {
          for await (const batch of current.batches()) {
            given = true
            yield batch
          }
          return
        } catch (error) {
          if (given || !(await opening.again(error, ++attempts.failed))) throw error
          await current[Symbol.asyncDispose]()
          current = await openNew(opening, attempts)
          if (!saysTheSame(first, current)) throw error
        }
      }
    },
    decode: (batch, index) => current.decode(batch, index),
    end: () => current.end(),
    [Symbol.asyncDispose]: () => current[Symbol.asyncDispose](),
  }
}

async function openNew({ open, again }: Opening, attempts: { failed: number }): Promise<Listing> {
  for (;;) {
    try {
      return await open()
    } catch (error) {
      if (!(await again(error, ++attempts.failed))) throw error
    }
  }
}

/** What a listing said before its first record has been relied on: only one that says the same may stand in for it. */
function saysTheSame(first: Listing, next: Listing): boolean {
  const said = ({ unchanged, fields, declared, copy }: Listing) =>
    JSON.stringify([unchanged, fields, String(declared), copy])
  return said(first) === said(next)
}
