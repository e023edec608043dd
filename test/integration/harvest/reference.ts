/**
 * What a sequence of snapshot harvests must leave behind, row by row, in plain Maps: written from the rules, not from
 * the engine, and slow.
 */
import type { ItemType } from '../../../catalog-schema/vocabulary/item-types.ts'
import { inZone } from './random-city.ts'

/** One field of a record: its text in the source (null: empty) and what the store makes of it (undefined: no value of its type). */
export interface Field {
  readonly text: string | null
  readonly stored: string | null | undefined
}

export interface Line {
  readonly raw: string
  /** Why it is not even a record. */
  readonly broken?: 'ragged' | 'malformed'
  /** By item. */
  readonly fields: Readonly<Record<string, Field>>
}

export interface ModelItem {
  readonly code: string
  readonly type: ItemType
  readonly key: boolean
  readonly required: boolean
  readonly pattern?: RegExp
  /** A code table of the mapping. */
  readonly map?: Readonly<Record<string, string>>
}

interface Held {
  readonly raw: string
  readonly content: Readonly<Record<string, string | null>>
  readonly run: number
  readonly seed: number
}

interface Reject {
  readonly reason: string
  readonly key: string | undefined
  readonly firstRun: number
}

export interface Numbers {
  read: number
  inserted: number
  updated: number
  unchanged: number
  deleted: number
  restored: number
  rejected: number
  duplicate: number
}

export type Outcome =
  | { readonly state: 'succeeded'; readonly unchangedSource: boolean; readonly numbers: Numbers }
  | { readonly state: 'partial' | 'awaiting-approval' }

export class Reference {
  held = new Map<string, Held>()
  gone = new Map<string, Held & { readonly goneRun: number }>()
  readonly rejects = new Map<string, Reject>()
  readonly #doubts = new Map<string, number>()
  received = 0
  #published: string | undefined
  #lastRun = 0
  readonly #runsRead: number[] = [0]

  /** One harvest: `content` is the file, `seed` the version of list and mapping. */
  run(
    run: number,
    lines: readonly Line[],
    items: readonly ModelItem[],
    version: { content: string; seed: number },
  ): Outcome {
    const { content, seed } = version
    const token = `${seed} ${content}`
    const reseeded =
      this.#lastRun > 0 && this.#published !== undefined && !this.#published.startsWith(`${seed} `)
    if (this.#published === token) return { state: 'succeeded', unchangedSource: true, numbers: { ...zero } }
    const judged = judge(lines, items, (key) => {
      const held = this.held.get(key)
      return held !== undefined && this.#isOfSeed(held, seed, items) && !reseeded ? held.raw : undefined
    })
    for (const [raw, reject] of judged.rejected) {
      this.rejects.set(raw, { ...reject, firstRun: this.rejects.get(raw)?.firstRun ?? run })
    }
    if (judged.rejected.size * 2 > lines.length) return { state: 'partial' }
    for (const raw of this.rejects.keys()) if (!judged.rejected.has(raw)) this.rejects.delete(raw)
    if (lines.length === 0 && this.held.size > 0) {
      this.#doubts.clear()
      return { state: 'awaiting-approval' }
    }
    const numbers: Numbers = {
      ...zero,
      read: lines.length,
      rejected: judged.rejected.size,
      duplicate: judged.duplicate,
    }
    this.#vanish(run, judged, items, numbers)
    this.#arrive(run, judged.winners, { seed, reseeded, items }, numbers)
    this.#published = token
    this.#lastRun = run
    this.#runsRead.push(run)
    return { state: 'succeeded', unchangedSource: false, numbers }
  }

  /** A keyed row written under an older mapping is not known by its bytes; without a key, bytes are all there is. */
  #isOfSeed(held: Held, seed: number, items: readonly ModelItem[]): boolean {
    return held.seed === seed || items.every((item) => !item.key)
  }

  #vanish(run: number, judged: Judged, items: readonly ModelItem[], numbers: Numbers): void {
    const readable = new Set([...this.rejects.values()].flatMap((reject) => reject.key ?? []))
    const missing = [...this.held.keys()].filter((key) => !judged.winners.has(key) && !readable.has(key))
    for (const [key, since] of this.#doubts) {
      if (!missing.includes(key) || this.#unreadable(since).length === 0) this.#doubts.delete(key)
    }
    const unreadable = this.#unreadable(run)
    for (const key of missing) {
      if (this.#doubts.has(key)) continue
      const held = this.held.get(key)
      if (held === undefined) continue
      if (unreadable.some((text) => resembles(held, items, text))) {
        this.#doubts.set(key, run)
        continue
      }
      this.held.delete(key)
      this.gone.set(key, { ...held, goneRun: run })
      numbers.deleted += 1
    }
  }

  /** Records whose key cannot be read, news to the run: met since the last published run before it. */
  #unreadable(run: number): string[] {
    const since = Math.max(...this.#runsRead.filter((read) => read < run))
    return [...this.rejects]
      .filter(([, reject]) => reject.key === undefined && reject.firstRun > since && reject.firstRun <= run)
      .map(([raw]) => raw)
  }

  #arrive(
    run: number,
    winners: Judged['winners'],
    version: { seed: number; reseeded: boolean; items: readonly ModelItem[] },
    numbers: Numbers,
  ): void {
    for (const [key, { raw, content }] of winners) {
      const held = this.held.get(key)
      const gone = this.gone.get(key)
      const { seed } = version
      if (
        held !== undefined &&
        !version.reseeded &&
        this.#isOfSeed(held, seed, version.items) &&
        held.raw === raw
      ) {
        numbers.unchanged += 1
        continue
      }
      this.held.set(key, { raw, content, run, seed })
      if (held !== undefined) {
        if (version.reseeded && sameContent(held.content, content)) numbers.unchanged += 1
        else numbers.updated += 1
      } else if (gone !== undefined) {
        this.gone.delete(key)
        numbers.restored += 1
        if (sameContent(gone.content, content)) numbers.unchanged += 1
        else numbers.updated += 1
      } else numbers.inserted += 1
    }
    this.received += numbers.inserted + numbers.updated
  }
}

const zero: Numbers = {
  read: 0,
  inserted: 0,
  updated: 0,
  unchanged: 0,
  deleted: 0,
  restored: 0,
  rejected: 0,
  duplicate: 0,
}

interface Judged {
  readonly winners: Map<string, { raw: string; content: Record<string, string | null> }>
  readonly rejected: Map<string, { reason: string; key: string | undefined }>
  readonly duplicate: number
}

/** The first record of a key counts, unless the one that is held is there too; every other form of it is rejected. */
function judge(
  lines: readonly Line[],
  items: readonly ModelItem[],
  heldRaw: (key: string) => string | undefined,
): Judged {
  const winners: Judged['winners'] = new Map()
  const rejected: Judged['rejected'] = new Map()
  const raws = new Set(lines.map((line) => line.raw))
  const seen = new Set<string>()
  let duplicate = 0
  for (const line of lines) {
    const { raw } = line
    if (seen.has(raw)) {
      duplicate += 1
      continue
    }
    seen.add(raw)
    const issue = issueOf(line, items)
    const key = keyOf(line, items)
    if (issue !== undefined) {
      rejected.set(raw, { reason: issue, key: readableKey(line, items) })
      continue
    }
    const own = heldRaw(key)
    const first = winners.get(key)
    if (first === undefined ? own === undefined || own === raw || !raws.has(own) : false) {
      winners.set(key, { raw, content: contentOf(line, items) })
    } else rejected.set(raw, { reason: 'key-conflict', key })
  }
  return { winners, rejected, duplicate }
}

function mapped(field: Field | undefined, item: ModelItem): Field {
  const { text, stored } = field ?? { text: null, stored: null }
  if (text === null || text === '') return { text, stored: null }
  const other = item.map?.[text]
  return other === undefined ? { text, stored } : { text: other, stored: other }
}

function issueOf(line: Line, items: readonly ModelItem[]): string | undefined {
  if (line.broken !== undefined) return line.broken
  const fields = items.map((item) => ({ item, ...mapped(line.fields[item.code], item) }))
  for (const { item, stored } of fields) {
    if (stored === null && item.key) return 'key-missing'
    if (stored === null && item.required) return 'required'
  }
  if (fields.some(({ stored }) => stored === undefined)) return 'type'
  for (const { item, stored } of fields) {
    if (typeof stored === 'string' && item.pattern?.test(stored) === false) return 'pattern'
  }
  return undefined
}

function contentOf(line: Line, items: readonly ModelItem[]): Record<string, string | null> {
  return Object.fromEntries(
    items.map((item) => [item.code, mapped(line.fields[item.code], item).stored ?? null]),
  )
}

/** Without key items a record is itself: its bytes. */
function keyOf(line: Line, items: readonly ModelItem[]): string {
  const keys = items.filter((item) => item.key)
  if (keys.length === 0) return line.raw
  return JSON.stringify(keys.map((item) => plain(mapped(line.fields[item.code], item).stored ?? null)))
}

function readableKey(line: Line, items: readonly ModelItem[]): string | undefined {
  const keys = items.filter((item) => item.key)
  if (line.broken !== undefined || keys.length === 0) return undefined
  const readable = keys.every((item) => typeof mapped(line.fields[item.code], item).stored === 'string')
  return readable ? keyOf(line, items) : undefined
}

function sameContent(left: Held['content'], right: Held['content']): boolean {
  const names = new Set([...Object.keys(left), ...Object.keys(right)])
  return [...names].every((name) => same(left[name] ?? null, right[name] ?? null))
}

function same(left: string | null, right: string | null): boolean {
  return plain(left) === plain(right)
}

/** Numbers are the same whatever zeros stand behind. */
function plain(text: string | null): string | null {
  return text !== null && /^-?\d+\.\d+$/.test(text) ? text.replace(/\.?0+$/, '') : text
}

/** The row's whole key, half of its telling values (4 characters or more), or nothing telling at all. */
function resembles(held: Held, items: readonly ModelItem[], text: string): boolean {
  const shown = (value: string) => inZone[value] ?? value
  const values = (of: readonly ModelItem[]) => of.flatMap((item) => held.content[item.code] ?? []).map(shown)
  const key = values(items.filter((item) => item.key))
  const long = key.join('').length >= 4
  if (long && key.every((part) => text.includes(part))) return true
  const telling = values(items).filter((value) => value.length >= 4)
  if (telling.length === 0 && !long) return true
  const found = telling.filter((value) => text.includes(value)).length
  return found > 0 && found * 2 >= telling.length
}
