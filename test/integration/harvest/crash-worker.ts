/** A process that harvests once and may be killed at any moment: `crash-worker.ts <url> <directory> <dataset> <pause>`. */
import { setTimeout as sleep } from 'node:timers/promises'
import { openPool } from '../../../src/store/open-store.ts'
import { engineOf, harvestOnce } from './engine.ts'

const [url = '', directory = '', code = '', pause = '0'] = process.argv.slice(2)
const pool = openPool(url, 2)
const engine = engineOf({ pool }, directory, {
  emit: (event) => process.stdout.write(`${JSON.stringify(event)}\n`),
})
const slow = slowly(engine, Number(pause))
await harvestOnce(slow, code)
await pool.end()

/** The source gives one batch and waits. */
function slowly(engine: ReturnType<typeof engineOf>, milliseconds: number): ReturnType<typeof engineOf> {
  return {
    ...engine,
    async openSource(target, signal) {
      const session = await engine.openSource(target, signal)
      const list = session.list.bind(session)
      return Object.assign(session, {
        list: async (request: Parameters<typeof list>[0]) => {
          const listing = await list(request)
          const batches = listing.batches.bind(listing)
          return Object.assign(listing, {
            async *batches() {
              for await (const batch of batches()) {
                yield batch
                await sleep(milliseconds)
              }
            },
          })
        },
      })
    },
  }
}
