const LF = 10

/** Finds the physical lines of records, block by block: newlines inside a block are counted only when asked for. */
export class LineCounter {
  /** Line on which the next block begins. */
  #line: number

  constructor(firstLine = 1) {
    this.#line = firstLine
  }

  /**
   * Passes the block `bytes[from … to)`; what follows `to` is given again with the next. `newlines`, where the
   * caller counted them anyway, saves counting. The answer finds the line of an offset in the block.
   */
  block(bytes: Buffer, from: number, to: number, newlines?: number): (offset: number) => number {
    const first = { offset: from, line: this.#line }
    this.#line += newlines ?? newlinesBetween(bytes, from, to)
    let known = first
    return (offset) => {
      const start = offset >= known.offset ? known : first
      known = { offset, line: start.line + newlinesBetween(bytes, start.offset, offset) }
      return known.line
    }
  }
}

function newlinesBetween(bytes: Buffer, from: number, to: number): number {
  let count = 0
  for (let at = bytes.indexOf(LF, from); at !== -1 && at < to; at = bytes.indexOf(LF, at + 1)) count++
  return count
}
