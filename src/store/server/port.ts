import { randomInt } from 'node:crypto'
import { createServer } from 'node:net'

export const LOOPBACK = '127.0.0.1'

// Below the ports that systems give to outgoing connections, so that a port once chosen is free again tomorrow.
const LOWEST = 20_000
const HIGHEST = 32_000
const ATTEMPTS = 50

/** `wanted` if it is free (0: none wanted), else another free port. */
export async function freePort(wanted: number): Promise<number> {
  if (wanted > 0 && (await isFree(wanted))) return wanted
  for (let attempt = 0; attempt < ATTEMPTS; attempt += 1) {
    const port = randomInt(LOWEST, HIGHEST)
    if (await isFree(port)) return port
  }
  throw new Error(`no free port found between ${LOWEST} and ${HIGHEST} on ${LOOPBACK}`)
}

function isFree(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const probe = createServer()
    probe.once('error', () => resolve(false))
    probe.listen({ host: LOOPBACK, port, exclusive: true }, () => probe.close(() => resolve(true)))
  })
}
