/** Mixes two numbers into 32 well-spread bits (unsigned). The only source of chance in the example. */
export function mix(a: number, b: number): number {
  let x = Math.imul(a ^ Math.imul(b, 0x9e3779b1), 0x85ebca6b)
  x = Math.imul(x ^ (x >>> 15), 0xc2b2ae35)
  x ^= x >>> 13
  x = Math.imul(x + b, 0x27d4eb2f)
  return (x ^ (x >>> 16)) >>> 0
}

/** A seed from a word: FNV-1a over its UTF-16 units. */
export function seedOf(word: string): number {
  let x = 0x811c9dc5
  for (let i = 0; i < word.length; i += 1) x = Math.imul(x ^ word.charCodeAt(i), 0x01000193)
  return x >>> 0
}
