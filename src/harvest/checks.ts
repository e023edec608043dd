import type { DatasetDocument, ItemDocument, RuleDocument } from '../../catalog-schema/documents/documents.ts'
import type { SemanticType } from '../../catalog-schema/vocabulary/semantic-types.ts'
import type { IssueReason } from '../connector.ts'
import { literal, quote } from '../store/identifiers.ts'

/**
 * One check of a record, as a SQL predicate over its typed columns that is true when the record passes and never
 * null. PostgreSQL judges in every lane, so that no two lanes can disagree.
 */
export interface Check {
  readonly reason: IssueReason
  /** Item concerned; absent for a rule across items. */
  readonly item?: string
  readonly predicate: string
  readonly expected: string
}

export function checksOf(dataset: DatasetDocument): Check[] {
  return [...dataset.items.flatMap(itemChecks), ...dataset.rules.map(ruleCheck)]
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
  const checks: Check[] = []
  const add = (reason: IssueReason, predicate: string, expected: string) =>
    checks.push({ reason, item: item.code, predicate: `(${column} is null or ${predicate})`, expected })

  if (item.required || item.key) {
    const reason = item.key ? 'key-missing' : 'required'
    checks.push({ reason, item: item.code, predicate: `${column} is not null`, expected: 'a value' })
  }
  addFiniteness(item, column, add)
  if (item.maxLength !== undefined)
    add('length', `char_length(${column}) <= ${item.maxLength}`, `at most ${item.maxLength} characters`)
  if (item.pattern !== undefined)
    add('pattern', `${column} ~ ${literal(`^(?:${item.pattern})$`)}`, `the pattern ${item.pattern}`)
  if (item.enum !== undefined)
    add('enum', `${column}::text in (${item.enum.map(literal).join(', ')})`, `one of ${item.enum.join(', ')}`)
  if (item.min !== undefined) add('range', `${column} >= ${literal(item.min)}`, `at least ${item.min}`)
  if (item.max !== undefined) add('range', `${column} <= ${literal(item.max)}`, `at most ${item.max}`)
  if (item.semantic !== undefined) add('semantic', semanticPredicate(item.semantic, column), item.semantic)
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

function semanticPredicate(semantic: SemanticType, column: string): string {
  switch (semantic) {
    case 'uscc':
      return `guiji.valid_uscc(${column})`
    case 'idcard':
      return `guiji.valid_idcard(${column})`
    case 'orgcode':
      return `guiji.valid_orgcode(${column})`
    case 'division':
      return `${column} ~ '^[1-9][0-9]{1}(?:[0-9]{2}(?:[0-9]{2}(?:[0-9]{3}(?:[0-9]{3})?)?)?)?$'`
    case 'mobile':
      return `${column} ~ '^1[3-9][0-9]{9}$'`
    case 'phone':
      return `${column} ~ '^(?:[+]?[0-9]{1,4}[- ]?)?(?:0[0-9]{2,3}[- ]?)?[0-9]{5,11}(?:[- ][0-9]{1,6})?$'`
    case 'email':
      return `${column} ~ '^[^@[:space:]]+@[^@[:space:]]+[.][^@[:space:]]+$'`
    case 'plate':
      return `${column} ~ '^[\\u4e00-\\u9fff][A-Z][A-Z0-9\\u4e00-\\u9fff]{5,6}$'`
    case 'postcode':
      return `${column} ~ '^[0-9]{6}$'`
    case 'longitude':
      return `${column} between -180 and 180`
    case 'latitude':
      return `${column} between -90 and 90`
  }
}

function ruleCheck(rule: RuleDocument): Check {
  return { reason: 'rule', predicate: `coalesce((${rule.sql}), true)`, expected: rule.message ?? rule.name }
}
