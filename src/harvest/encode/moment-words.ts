import { loadModule, type Memory, makeRoom } from '../../records/wasm/load-module.ts'

interface Exports {
  readonly memory: Memory
  /** Addresses in `memory`; see moment-words.wat. */
  readonly find: (at: number, end: number) => number
}

const instantiate = await loadModule<Exports>(new URL('moment-words.wasm', import.meta.url))
const { memory, find } = await instantiate()

/** Words PostgreSQL reads as a moment of its own choosing; in a record they are not a value. */
export const momentWords =
  /(?<![a-z])(?:now|today|tomorrow|yesterday|epoch|infinity|inf|nan|allballs)(?![a-z])/i

/** Whether `momentWords` stands in the bytes, whatever their encoding. */
export function hasMomentWord(bytes: Uint8Array): boolean {
  new Uint8Array(makeRoom(memory, bytes.length), 0, bytes.length).set(bytes)
  return find(0, bytes.length) === 1
}
