/**
 * GB18030 for writing, which Node can only read: tables turned round once from the platform's own decoder.
 * Two bytes where GBK has the character, four bytes otherwise.
 */

/** Bytes of each character of the basic plane, big-endian; 0: not in the table (surrogates, a few private ones). */
let table: Uint32Array | undefined

export function encodeGb18030(text: string): Buffer {
  table ??= turnRound()
  const bytes = Buffer.allocUnsafe(text.length * 4)
  let end = 0
  for (let i = 0; i < text.length; i += 1) {
    const unit = text.charCodeAt(i)
    if (unit < 0x80) {
      bytes[end++] = unit
      continue
    }
    const code = table[unit] ?? 0
    if (code > 0xffff) {
      end = bytes.writeUInt32BE(code, end)
    } else if (code > 0) {
      end = bytes.writeUInt16BE(code, end)
    } else {
      end = bytes.writeUInt32BE(beyondBasicPlane(text, i), end)
      i += 1
    }
  }
  return bytes.subarray(0, end)
}

/** The code of the surrogate pair at `index`. */
function beyondBasicPlane(text: string, index: number): number {
  const point = text.codePointAt(index) ?? 0
  if (point < 0x10000) throw new RangeError(`GB18030 has no U+${point.toString(16).toUpperCase()}`)
  return fourBytes(189_000 + point - 0x10000)
}

function turnRound(): Uint32Array {
  const decoder = new TextDecoder('gb18030', { fatal: true })
  const codes = new Uint32Array(0x10000)
  // Four-byte codes first, so that a two-byte code wins where both exist.
  for (let index = 0; index < 39_420; index += 1) learn(codes, decoder, fourBytes(index), 4)
  for (let lead = 0x81; lead <= 0xfe; lead += 1) {
    for (let trail = 0x40; trail <= 0xfe; trail += 1) {
      if (trail !== 0x7f) learn(codes, decoder, lead * 256 + trail, 2)
    }
  }
  return codes
}

function learn(
  codes: Uint32Array,
  decoder: InstanceType<typeof TextDecoder>,
  code: number,
  length: 2 | 4,
): void {
  const bytes = Buffer.alloc(length)
  bytes.writeUIntBE(code, 0, length)
  try {
    const text = decoder.decode(bytes)
    if (text.length === 1) codes[text.charCodeAt(0)] = code
  } catch {
    // Not every pair of bytes is a character.
  }
}

/** The four-byte code at a linear position, as one number. */
function fourBytes(index: number): number {
  const fourth = 0x30 + (index % 10)
  const third = 0x81 + (Math.floor(index / 10) % 126)
  const second = 0x30 + (Math.floor(index / 1260) % 10)
  const first = 0x81 + Math.floor(index / 12_600)
  return ((first * 256 + second) * 256 + third) * 256 + fourth
}
