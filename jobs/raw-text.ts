/** Bytes of a source record as they can be read: UTF-8, else GB18030, else hex. */
export function rawText(raw: Buffer): string {
  for (const encoding of ['utf-8', 'gb18030']) {
    try {
      return new TextDecoder(encoding, { fatal: true }).decode(raw)
    } catch {
      // Not this encoding: the next is tried, and hex is always right.
    }
  }
  return `\\x${raw.toString('hex')}`
}
