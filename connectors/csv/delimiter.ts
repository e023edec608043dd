const candidates = [',', '\t', ';', '|'] as const

/** The delimiter that the first line has most of, outside quotes; a comma where it has none. */
export function guessDelimiter(head: Buffer): string {
  const line = head
    .subarray(0, head.indexOf(0x0a) === -1 ? head.length : head.indexOf(0x0a))
    .toString('latin1')
  const plain = line.replaceAll(/"[^"]*"/g, '')
  const counts = candidates.map((delimiter) => plain.split(delimiter).length)
  return candidates[counts.indexOf(Math.max(...counts))] ?? ','
}
