import { decodeJsonRecord } from '../../src/records/json-fields.ts'
import type { Page } from './page.ts'

/** Watches the pages for the highest value of a field. */
export interface CursorWatch {
  see(page: Page): void
  /** As the source wrote it; undefined where no record has one, or nothing is watched. */
  highest(): string | undefined
}

export function cursorWatch(field: string | undefined): CursorWatch {
  let best: string | undefined
  return {
    see(page) {
      if (field === undefined) return
      for (let index = 0; index < page.count; index++) {
        const decoded = decodeJsonRecord(page.body.subarray(page.starts[index], page.ends[index]), [field])
        const value = Array.isArray(decoded) ? decoded[0] : undefined
        if (typeof value === 'string' && value !== '' && (best === undefined || isHigher(value, best)))
          best = value
      }
    },
    highest: () => best,
  }
}

/** Whole numbers by value, whatever their length; everything else (dates, versions) by its characters. */
function isHigher(value: string, than: string): boolean {
  const numbers = /^-?\d+$/.test(value) && /^-?\d+$/.test(than)
  return numbers ? BigInt(value) > BigInt(than) : value > than
}
