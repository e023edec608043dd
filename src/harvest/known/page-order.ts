import type { Halves } from './halves.ts'
import type { OrderObserver } from './known-records.ts'

/** A page is known by the run that made it and a number of its own. */
export interface PageId {
  readonly run: bigint
  readonly page: bigint
}

/** Pages of digests as the listing before left them: page k holds the stored digests `starts[k] … starts[k + 1]`. */
export interface OldPages {
  readonly ids: readonly PageId[]
  /** One more than there are pages. */
  readonly starts: Float64Array
}

export const noPages: OldPages = { ids: [], starts: new Float64Array(1) }

/** A page that is new, with the digests it holds. */
export interface NewPage {
  readonly id: PageId
  readonly digests: Halves
}

/** The pages of a listing in their order. */
export interface Pages {
  readonly ids: readonly PageId[]
  /** Pages of the listing before that are no more; `others`: all that are not in `ids`. */
  readonly dropped: readonly PageId[] | 'others'
  readonly digests: bigint
}

/** A page of so many digests is one block of the store. */
export const pageDigests = 1000
/** Fewer digests than this take a page that could stay with them: pages must not crumble with many small changes. */
const leastDigests = 250
const mostPending = 8 * pageDigests

/**
 * Follows the order of a listing and makes its pages: an old page whose digests come together and in their order
 * stays, what stands between two that stay becomes new pages. So what is written of the order follows the change.
 */
export class PageOrder implements OrderObserver {
  readonly #old: OldPages
  readonly #nextId: () => PageId
  readonly #kept: Uint8Array
  readonly #ids: PageId[] = []
  #total = 0n
  #pending = new Uint32Array(2 * mostPending * 2)
  #count = 0
  /** The last digests pending are the stored ones of these positions. */
  #runFrom = -1
  #runTo = -1
  #lastKept = -1
  #made: NewPage[] = []

  /** `nextId` gives ids that no other page of the dataset has. */
  constructor(old: OldPages, nextId: () => PageId) {
    this.#old = old
    this.#nextId = nextId
    this.#kept = new Uint8Array(old.ids.length)
  }

  stored(from: number, halves: Halves): void {
    const count = halves.length / 2
    if (from !== this.#runTo) this.#runFrom = from
    this.#runTo = from
    for (let done = 0; done < count; ) {
      const some = Math.min(pageDigests, count - done)
      this.#append(halves.subarray(done * 2, (done + some) * 2))
      this.#runTo += some
      this.#keepCovered()
      this.#makeEarly()
      done += some
    }
  }

  fresh(digest: Halves): void {
    this.#runFrom = -1
    this.#runTo = -1
    this.#append(digest)
    this.#makeEarly()
  }

  /** The pages made since the last call. */
  take(): NewPage[] {
    const made = this.#made
    this.#made = []
    return made
  }

  /** After the last record: what is pending becomes pages, and all are known. */
  finish(): Pages {
    this.#make(this.#count)
    const { ids } = this.#old
    const dropped = ids.length === 0 ? 'others' : ids.filter((_, page) => this.#kept[page] === 0)
    return { ids: this.#ids, dropped, digests: this.#total }
  }

  #append(halves: Halves): void {
    const needed = this.#count * 2 + halves.length
    if (needed > this.#pending.length) {
      const larger = new Uint32Array(needed * 2)
      larger.set(this.#pending.subarray(0, this.#count * 2))
      this.#pending = larger
    }
    this.#pending.set(halves, this.#count * 2)
    this.#count += halves.length / 2
  }

  #keepCovered(): void {
    const { starts, ids } = this.#old
    for (let page = firstAt(starts, this.#runFrom); page < ids.length; page += 1) {
      const start = starts[page] ?? 0
      const end = starts[page + 1] ?? 0
      if (end > this.#runTo) return
      const before = this.#count - (this.#runTo - start)
      if (page <= this.#lastKept || (before > 0 && before < leastDigests)) continue
      this.#make(before)
      this.#drop(end - start)
      this.#kept[page] = 1
      const id = ids[page]
      if (id !== undefined) this.#ids.push(id)
      this.#total += BigInt(end - start)
      this.#lastKept = page
      this.#runFrom = end
    }
  }

  /** Digests that no old page can cover any more need not wait. */
  #makeEarly(): void {
    if (this.#count < mostPending) return
    this.#make(this.#count - pageDigests)
    const pending = this.#runTo - this.#runFrom
    if (pending > this.#count) this.#runFrom = this.#runTo - this.#count
  }

  #make(count: number): void {
    for (let made = 0; made < count; made += pageDigests) {
      const some = Math.min(pageDigests, count - made)
      const id = this.#nextId()
      this.#made.push({ id, digests: this.#pending.slice(made * 2, (made + some) * 2) })
      this.#ids.push(id)
    }
    this.#total += BigInt(count)
    this.#drop(count)
  }

  #drop(count: number): void {
    this.#pending.copyWithin(0, count * 2, this.#count * 2)
    this.#count -= count
  }
}

/** The first page that starts at `position` or after. */
function firstAt(starts: Float64Array, position: number): number {
  let low = 0
  let high = starts.length - 1
  while (low < high) {
    const middle = (low + high) >> 1
    if ((starts[middle] ?? 0) < position) low = middle + 1
    else high = middle
  }
  return low
}

/** The digests of one chunk of a first load as pages. */
export function pagesOf(halves: Halves, nextId: () => PageId): NewPage[] {
  const pages: NewPage[] = []
  for (let from = 0; from < halves.length; from += pageDigests * 2)
    pages.push({ id: nextId(), digests: halves.slice(from, from + pageDigests * 2) })
  return pages
}
