import type { DatasetDocument, ItemDocument, RuleDocument } from '../../catalog-schema/documents/documents.ts'
import type { SemanticType } from '../../catalog-schema/vocabulary/semantic-types.ts'
import type { IssueReason } from '../connector.ts'
import { literal, quote } from '../store/identifiers.ts'
import { allDigits, patternPredicate } from './pattern-sql.ts'

/**
 * One check of a record, as a SQL predicate over its typed columns that is true when the record passes and,
 * where the checks before it hold, never null. PostgreSQL judges in every lane, so that no two lanes can disagree.
 */
export interface Check {
  readonly reason: IssueReason
  /** Item concerned; absent for a rule across items. */
  readonly item?: string
  readonly predicate: string
  readonly expected: string
}

export function checksOf(dataset: DatasetDocument): Check[] {
  return [...dataset.items.flatMap(itemChecks), ...keyLengthChecks(dataset), ...dataset.rules.map(ruleCheck)]
}

/** PostgreSQL's index takes entries of 2704 bytes; one longer key would stop the whole load. */
const keyBytes = 2600

/** How many bytes each text item of the key may have. */
export function keyByteLimit(dataset: DatasetDocument): number {
  return Math.floor(keyBytes / Math.max(1, dataset.items.filter(isKeyText).length))
}

function isKeyText(item: ItemDocument): boolean {
  return item.key && item.type === 'text'
}

function keyLengthChecks(dataset: DatasetDocument): Check[] {
  const limit = keyByteLimit(dataset)
  return dataset.items.filter(isKeyText).map((item) => ({
    reason: 'length',
    item: item.code,
    predicate: `(${quote(item.code)} is null or octet_length(${quote(item.code)}) <= ${limit})`,
    expected: `at most ${limit} bytes in a key`,
  }))
}

/** A predicate that is true for records that pass everything; undefined where there is nothing to check. */
export function allPass(checks: readonly Check[]): string | undefined {
  return checks.length === 0 ? undefined : checks.map((check) => check.predicate).join(' and ')
}

/** An expression giving the position of the first failed check, or null. */
export function firstFailed(checks: readonly Check[]): string {
  if (checks.length === 0) return 'null::int'
  const cases = checks.map((check, index) => `when not (${check.predicate}) then ${index}`)
  return `case ${cases.join(' ')} end`
}

function itemChecks(item: ItemDocument): Check[] {
  const column = quote(item.code)
  const text = item.type === 'text' ? column : `${column}::text`
  const checks: Check[] = []
  // Where a value is required, that check stands first and decides about null.
  const mandatory = item.required || item.key
  const add = (reason: IssueReason, test: string, expected: string) => {
    const predicate = mandatory ? `(${test})` : `(${column} is null or ${test})`
    checks.push({ reason, item: item.code, predicate, expected })
  }

  if (mandatory) {
    const reason = item.key ? 'key-missing' : 'required'
    checks.push({ reason, item: item.code, predicate: `${column} is not null`, expected: 'a value' })
  }
  addFiniteness(item, column, add)
  if (item.maxLength !== undefined)
    add('length', `char_length(${text}) <= ${item.maxLength}`, `at most ${item.maxLength} characters`)
  if (item.pattern !== undefined)
    add('pattern', patternPredicate(text, item.pattern), `the pattern ${item.pattern}`)
  if (item.enum !== undefined)
    add('enum', `${text} in (${item.enum.map(literal).join(', ')})`, `one of ${item.enum.join(', ')}`)
  if (item.min !== undefined) add('range', `${column} >= ${literal(item.min)}`, `at least ${item.min}`)
  if (item.max !== undefined) add('range', `${column} <= ${literal(item.max)}`, `at most ${item.max}`)
  if (item.semantic !== undefined)
    add(
      'semantic',
      semanticPredicate(item.semantic, isPlaceOnEarth(item.semantic) ? column : text),
      item.semantic,
    )
  return checks
}

type Add = (reason: IssueReason, predicate: string, expected: string) => void

/** PostgreSQL reads `infinity`, `NaN` and any scale; a government record means a plain value. */
function addFiniteness(item: ItemDocument, column: string, add: Add): void {
  if (item.type === 'date' || item.type === 'datetime' || item.type === 'instant')
    add('type', `isfinite(${column})`, `a finite ${item.type}`)
  if (item.type !== 'decimal') return
  add('type', `${column} not in ('NaN', 'Infinity', '-Infinity')`, 'a finite number')
  if (item.scale !== undefined)
    add('range', `scale(trim_scale(${column})) <= ${item.scale}`, `at most ${item.scale} decimal places`)
  if (item.precision !== undefined)
    add(
      'range',
      `abs(${column}) < 1e${item.precision - (item.scale ?? 0)}`,
      `at most ${item.precision} digits`,
    )
}

const isPlaceOnEarth = (semantic: SemanticType): boolean =>
  semantic === 'longitude' || semantic === 'latitude'

function semanticPredicate(semantic: SemanticType, column: string): string {
  switch (semantic) {
    case 'uscc':
      return `guiji.valid_uscc(${column})`
    case 'idcard':
      return `guiji.valid_idcard(${column})`
    case 'orgcode':
      return `guiji.valid_orgcode(${column})`
    case 'division':
      return `octet_length(${column}) in (2, 4, 6, 9, 12) and left(${column}, 1) <> '0' and ${allDigits(column)}`
    case 'mobile':
      return `octet_length(${column}) = 11 and ${column} >= '13' and ${column} < '2' and ${allDigits(column)}`
    case 'phone':
      return `${column} ~ '^(?:[+]?[0-9]{1,4}[- ]?)?(?:0[0-9]{2,3}[- ]?)?[0-9]{5,11}(?:[- ][0-9]{1,6})?$'`
    case 'email':
      return `${column} ~ '^[^@[:space:]]+@[^@[:space:]]+[.][^@[:space:]]+$'`
    case 'plate':
      return `${column} ~ '^[\\u4e00-\\u9fff][A-Z][A-Z0-9\\u4e00-\\u9fff]{5,6}$'`
    case 'postcode':
      return patternPredicate(column, '[0-9]{6}')
    case 'longitude':
      return `${column} between -180 and 180`
    case 'latitude':
      return `${column} between -90 and 90`
  }
}

function ruleCheck(rule: RuleDocument): Check {
  return { reason: 'rule', predicate: `coalesce((${rule.sql}), true)`, expected: rule.message ?? rule.name }
}
