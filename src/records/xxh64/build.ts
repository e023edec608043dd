/** `npm run build:wasm`: makes `xxh64.wasm` of `xxh64.wat`. Only after a change of the latter; a test compares them. */
import { readFile, writeFile } from 'node:fs/promises'
import loadWabt from 'wabt'

export async function assemble(): Promise<Uint8Array> {
  const wabt = await loadWabt()
  const parsed = wabt.parseWat('xxh64.wat', await readFile(new URL('xxh64.wat', import.meta.url), 'utf8'))
  return parsed.toBinary({}).buffer
}

if (import.meta.main) await writeFile(new URL('xxh64.wasm', import.meta.url), await assemble())
