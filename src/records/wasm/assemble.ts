/** `npm run build:wasm`: makes the modules of their texts, after a change of one. A test compares them. */
import { glob, readFile, writeFile } from 'node:fs/promises'
import path from 'node:path'
import loadWabt from 'wabt'

const source = path.join(import.meta.dirname, '../..')

/** The modules of this project, by the path of their text. */
export async function assembleAll(): Promise<Map<string, Uint8Array>> {
  const wabt = await loadWabt()
  const modules = new Map<string, Uint8Array>()
  for await (const name of glob('**/*.wat', { cwd: source })) {
    const file = path.join(source, name)
    const parsed = wabt.parseWat(file, await readFile(file, 'utf8'), { bulk_memory: true })
    modules.set(file, parsed.toBinary({}).buffer)
  }
  return modules
}

if (import.meta.main) {
  for (const [file, bytes] of await assembleAll()) await writeFile(file.replace(/wat$/, 'wasm'), bytes)
}
