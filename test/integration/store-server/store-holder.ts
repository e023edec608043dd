/** Opens the store of the workspace given as argument, prints its URL, and closes it when its input ends. */
import { once } from 'node:events'
import { openStore } from '../../../src/store/open-store.ts'

const directory = process.argv[2] ?? ''
await using store = await openStore({ directory, signal: AbortSignal.timeout(60_000) })
await store.pool.query('select 1')
console.log(store.url)
process.stdin.resume()
await once(process.stdin, 'end')
