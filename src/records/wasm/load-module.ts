import { readFile } from 'node:fs/promises'

/** What Node has and the types without a browser's do not know. */
declare const WebAssembly: {
  compile(bytes: Uint8Array): Promise<object>
  instantiate(module: object): Promise<{ readonly exports: unknown }>
}

export interface Memory {
  readonly buffer: ArrayBuffer
  grow(pages: number): number
}

/** Reads and compiles a module once; each call gives an instance with memory of its own. */
export async function loadModule<Exports extends { readonly memory: Memory }>(
  file: URL,
): Promise<() => Promise<Exports>> {
  const compiled = await WebAssembly.compile(await readFile(file))
  return async () => (await WebAssembly.instantiate(compiled)).exports as Exports
}

const pageBytes = 65_536

/** Makes the memory hold at least `size` bytes. Views of it made before are of no use then. */
export function makeRoom(memory: Memory, size: number): ArrayBuffer {
  const missing = size - memory.buffer.byteLength
  if (missing > 0) memory.grow(Math.ceil(missing / pageBytes))
  return memory.buffer
}
