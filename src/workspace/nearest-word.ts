/**
 * The candidate that is the fewest edits away from what was written, or undefined where nothing is near: more than a
 * third of the characters (at least one) would have to change, and none continues another. Of two
 * equally near the one that begins with what was written.
 */
export function nearestWord(written: string, candidates: Iterable<string>): string | undefined {
  const word = [...written.toLowerCase()]
  let best: string | undefined
  const limit = Math.max(1, Math.floor(word.length / 3))
  let fewest = limit + 1
  for (const candidate of candidates) {
    const other = [...candidate.toLowerCase()]
    const edits = distance(word, other)
    const nearer =
      edits < fewest || (edits === fewest && continues(candidate, written) && !continues(best, written))
    if (nearer && edits <= limit && edits < Math.max(word.length, other.length)) {
      best = candidate
      fewest = edits
    }
  }
  return best ?? candidateThatContinues(written, candidates)
}

/** `passed` for `passed_at`: one of the two begins with the other. */
function candidateThatContinues(written: string, candidates: Iterable<string>): string | undefined {
  if (written.length < 3) return undefined
  return [...candidates].find(
    (one) => one.length >= 3 && (continues(one, written) || continues(written, one)),
  )
}

function continues(word: string | undefined, start: string): boolean {
  return word?.toLowerCase().startsWith(start.toLowerCase()) === true
}

/** Edits (insert, delete, replace, swap of neighbours) between two words: optimal string alignment. */
function distance(a: readonly string[], b: readonly string[]): number {
  let beforeLast: number[] = []
  let last = Array.from({ length: b.length + 1 }, (_, j) => j)
  for (let i = 1; i <= a.length; i += 1) {
    const row = [i]
    for (let j = 1; j <= b.length; j += 1) {
      const replace = at(last, j - 1) + (a[i - 1] === b[j - 1] ? 0 : 1)
      const swapped = i > 1 && j > 1 && a[i - 1] === b[j - 2] && a[i - 2] === b[j - 1]
      const swap = swapped ? at(beforeLast, j - 2) + 1 : Number.POSITIVE_INFINITY
      row.push(Math.min(at(last, j) + 1, at(row, j - 1) + 1, replace, swap))
    }
    beforeLast = last
    last = row
  }
  return at(last, b.length)
}

function at(row: readonly number[], index: number): number {
  return row[index] ?? Number.POSITIVE_INFINITY
}
