/**
 * A process that harvests once and may be killed or stopped at any moment:
 * `crash-worker.ts <url> <directory> <dataset> <pause> [seed]`. The source gives a batch and waits `pause`
 * milliseconds; with a seed it cuts its batches anew, as the seed says. What ends the run is the last line.
 */
import { setTimeout as sleep } from 'node:timers/promises'
import type { Batch, Listing } from '../../../src/connector.ts'
import { GuijiError } from '../../../src/errors/guiji-error.ts'
import { decodingSlices, sliceBatch } from '../../../src/harvest/lifecycle/batch-slice.ts'
import { openPool } from '../../../src/store/open-store.ts'
import { engineOf, harvestOnce } from './engine.ts'
import { dice } from './random-city.ts'

const [url = '', directory = '', code = '', pause = '0', seed] = process.argv.slice(2)
const pool = openPool(url, 3)
const tell = (said: object) => process.stdout.write(`${JSON.stringify(said)}\n`)
const engine = engineOf({ pool }, directory, { emit: tell })
const roll = seed === undefined ? undefined : dice(Number(seed))
try {
  await harvestOnce(slowly(engine), code)
} catch (error) {
  tell({ event: 'died', code: error instanceof GuijiError ? error.code : String(error) })
}
await pool.end()

function slowly(quick: typeof engine): typeof engine {
  return {
    ...quick,
    async openSource(target, signal) {
      const session = await quick.openSource(target, signal)
      const list = session.list.bind(session)
      return Object.assign(session, {
        list: async (request: Parameters<typeof list>[0]) => slowListing(await list(request)),
      })
    },
  }
}

function slowListing(listing: Listing): Listing {
  return {
    ...decodingSlices(listing),
    async *batches() {
      for await (const batch of listing.batches())
        for (const part of partsOf(batch)) {
          yield part
          await sleep(Number(pause))
        }
    },
  }
}

function partsOf(batch: Batch): Batch[] {
  if (roll === undefined) return [batch]
  const parts: Batch[] = []
  for (let from = 0; from < batch.count; ) {
    const until = Math.min(batch.count, from + 500 + roll.below(4000))
    parts.push(sliceBatch(batch, from, until))
    from = until
  }
  return parts
}
