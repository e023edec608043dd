/**
 * Judges generated records from what they look like, without a look at how they were generated: what the tests
 * compare the generator's own account with.
 */
import type { Item } from '../../../examples/hengshui/list/types.ts'

export interface Judgement {
  /** Content of the accepted records by key. */
  readonly held: ReadonlyMap<string, string>
  readonly rows: number
  readonly duplicates: number
  readonly rejected: Readonly<Record<string, number>>
}

export type Fields = readonly string[]

export function judge(items: readonly Item[], records: Iterable<Fields>): Judgement {
  const held = new Map<string, string>()
  const rejected: Record<string, number> = {}
  let rows = 0
  let duplicates = 0
  const keys = items.flatMap((item, index) => (item.key === true ? [index] : []))
  for (const raw of records) {
    rows += 1
    const fields = raw.map(clean)
    const reason = reasonToReject(items, fields)
    const key = keys.map((index) => fields[index]).join('\u0001')
    const content = fields.join('\u0001')
    if (reason !== undefined) rejected[reason] = (rejected[reason] ?? 0) + 1
    else if (!held.has(key)) held.set(key, content)
    else if (held.get(key) === content) duplicates += 1
    else rejected['key-conflict'] = (rejected['key-conflict'] ?? 0) + 1
  }
  return { held, rows, duplicates, rejected }
}

/** Trimmed, full-width digits half-width: what the mappings declare. */
function clean(text: string): string {
  return text.trim().replace(/[０-９]/g, (digit) => String.fromCharCode(digit.charCodeAt(0) - 0xfee0))
}

function reasonToReject(items: readonly Item[], fields: Fields): string | undefined {
  if (fields.length !== items.length) return 'ragged'
  for (const [index, item] of items.entries()) {
    const reason = reasonOfItem(item, fields[index] ?? '')
    if (reason !== undefined) return reason
  }
  return undefined
}

function reasonOfItem(item: Item, text: string): string | undefined {
  if (text === '') return item.required === true ? 'required' : undefined
  if (!validType(item, text)) return 'type'
  if (item.pattern !== undefined && !new RegExp(item.pattern, 'u').test(text)) return 'pattern'
  if (item.enum !== undefined && item.map === undefined && !item.enum.includes(text)) return 'enum'
  return validSemantic(item, text) ? undefined : 'semantic'
}

function validType(item: Item, text: string): boolean {
  if (item.type === 'integer') return /^-?[0-9]+$/.test(text)
  if (item.type === 'decimal') return /^-?[0-9]+(\.[0-9]+)?$/.test(text)
  if (item.type === 'boolean') return text === 'true' || text === 'false'
  if (item.type !== 'date' && item.type !== 'datetime') return true
  const day = text.slice(0, 10)
  const instant = new Date(`${day}T00:00:00Z`)
  return !Number.isNaN(instant.getTime()) && instant.toISOString().startsWith(day)
}

function validSemantic(item: Item, text: string): boolean {
  switch (item.semantic) {
    case 'idcard':
      return validCitizenId(text)
    case 'uscc':
      return validCreditCode(text)
    case 'plate':
      return /^冀T([A-Z0-9]{5}|[DF][0-9]{5})$/.test(text)
    case 'mobile':
      return /^1[3-9][0-9]{9}$/.test(text)
    case 'division':
      return /^1311[0-9]{2}([0-9]{3}([0-9]{3})?)?$/.test(text)
    default:
      return true
  }
}

/** GB 11643: ISO 7064 MOD 11-2 over the whole number. */
export function validCitizenId(text: string): boolean {
  if (!/^[1-9][0-9]{16}[0-9X]$/.test(text)) return false
  let sum = 0
  for (const [index, character] of [...text].entries()) {
    sum += (character === 'X' ? 10 : Number(character)) * (2 ** (17 - index) % 11)
  }
  return sum % 11 === 1
}

/** GB 32100: MOD 31 with weights 3^i. */
export function validCreditCode(text: string): boolean {
  const alphabet = '0123456789ABCDEFGHJKLMNPQRTUWXY'
  if (text.length !== 18 || [...text].some((character) => !alphabet.includes(character))) return false
  let sum = 0
  let weight = 1
  for (const character of text.slice(0, 17)) {
    sum += alphabet.indexOf(character) * weight
    weight = (weight * 3) % 31
  }
  return (sum + alphabet.indexOf(text.charAt(17))) % 31 === 0
}
