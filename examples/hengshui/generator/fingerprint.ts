import { createHash } from 'node:crypto'
import { readdirSync, readFileSync } from 'node:fs'

const folders = ['../data/', '../list/', '../generator/', '../render/']

/** Changes whenever the content that is generated may change: the digest of everything it is made from. */
export function generatorFingerprint(): string {
  const digest = createHash('sha256')
  for (const folder of folders) {
    const place = new URL(folder, import.meta.url)
    for (const name of readdirSync(place).sort())
      digest.update(name).update(readFileSync(new URL(name, place)))
  }
  return digest.digest('hex').slice(0, 16)
}
