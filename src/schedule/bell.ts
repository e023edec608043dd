/** Wakes one who waits. Rings are counted, so that none is lost on someone who was not waiting yet. */
export interface Bell {
  /** @returns the number of this ring */
  ring(): number
  /** The number of the last ring. */
  heard(): number
  /** Until it has rung more than `heard` times, or `milliseconds` have passed. */
  wait(heard: number, milliseconds: number): Promise<void>
}

export function createBell(): Bell {
  let rings = 0
  let wake: (() => void) | undefined
  return {
    ring() {
      rings += 1
      wake?.()
      return rings
    },
    heard: () => rings,
    async wait(heard, milliseconds) {
      if (rings > heard) return
      await new Promise<void>((resolve) => {
        const timer = setTimeout(resolve, milliseconds)
        wake = () => {
          clearTimeout(timer)
          resolve()
        }
      })
      wake = undefined
    },
  }
}
