import { setTimeout as sleep } from 'node:timers/promises'
import { expect, it } from 'vitest'
import type { Batch, Listing } from '../../../src/connector.ts'
import { gatherBatches } from '../../../src/harvest/gather-batches.ts'

/** A batch that is large enough to be given on alone. */
function largeBatch(): Batch {
  const bytes = Buffer.alloc(1 << 20, 'x')
  return {
    bytes,
    starts: Uint32Array.of(0),
    ends: Uint32Array.of(bytes.length),
    count: 1,
    place: () => ({ file: 'large', line: 1, index: 1 }),
  }
}

function listingOf(batches: () => AsyncIterable<Batch>): Listing {
  return {
    unchanged: false,
    fields: ['a'],
    batches,
    decode: () => ['x'],
    end: () => ({ complete: false, reason: 'test' }),
    [Symbol.asyncDispose]: async () => {},
  }
}

it('tells a failure of the source behind the batch that is being worked on, and no sooner', async () => {
  const unhandled: unknown[] = []
  const note = (error: unknown) => unhandled.push(error)
  process.on('unhandledRejection', note)
  try {
    const broken = listingOf(async function* () {
      yield largeBatch()
      throw new Error('the source broke off')
    })
    const batches = gatherBatches(broken).batches()[Symbol.asyncIterator]()
    expect((await batches.next()).value).toMatchObject({ count: 1 })
    await sleep(20)
    await expect(batches.next()).rejects.toThrow('the source broke off')
    expect(unhandled).toEqual([])
  } finally {
    process.off('unhandledRejection', note)
  }
})
