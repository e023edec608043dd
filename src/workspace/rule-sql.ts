import type { Text } from '../connector.ts'

/** Words of SQL expressions that are not item codes. */
const keywords = new Set(
  `all and any array as asc at between both bigint boolean by case cast century char character collate
  current_date current_time current_timestamp date day decade desc distinct double dow doy else end epoch escape
  extract false for from hour ilike in integer interval is isnull isodow isoyear leading like localtime
  localtimestamp microseconds millennium milliseconds minute month not notnull null numeric of on or overlaps
  position precision quarter second similar smallint some substring symmetric asymmetric text then time timestamp
  timestamptz timezone to trailing trim true unknown using uuid varchar varying week when with without year
  zone`.split(/\s+/),
)

/** Words by which an expression would become a query or a command. */
const commands = new Set(
  `alter analyze call comment commit copy create deallocate delete discard do drop execute explain grant insert
  into listen load lock merge notify prepare reindex reset revoke rollback select set show table truncate union
  update vacuum values`.split(/\s+/),
)

const token =
  /\s+|'(?:[^']|'')*'|"((?:[^"]|"")*)"|::\s*[a-z_]\w*|([a-z_\u0080-\uffff][\w$\u0080-\uffff]*)(\s*\()?|\d[\w.]*|--|\/\*|[^\s\w]/giu

export interface RuleReading {
  /** Names that must be item codes, each once, in order. */
  readonly names: readonly string[]
  /** Why this cannot be one boolean expression. */
  readonly unsafe?: { readonly found: Text; readonly expected: Text }
}

/**
 * Finds the item codes in a SQL condition, and refuses what could leave the parentheses it will be put into. This is
 * a check of spelling: whether the condition is valid SQL, PostgreSQL says when it is first used.
 */
export function readRule(sql: string): RuleReading {
  const names = new Set<string>()
  let depth = 0
  let previous = ''
  for (const [text, quoted, word, call] of sql.matchAll(token)) {
    if (call !== undefined || text === '(') depth += 1
    if (text === ')') depth -= 1
    const command = word !== undefined && commands.has(word.toLowerCase())
    if (command || text === ';' || text === '--' || text === '/*') return refused(word ?? text)
    if (text === "'" || text === '"' || text === '$' || text === '\\') return refused(text)
    if (depth < 0) return refused(')')
    if (text.trim() === '') continue
    const collation = previous === 'collate'
    previous = text.toLowerCase()
    if (collation) continue
    if (quoted !== undefined) names.add(quoted.replaceAll('""', '"'))
    else if (word !== undefined && call === undefined && !keywords.has(word.toLowerCase())) {
      names.add(word.toLowerCase())
    }
  }
  return depth === 0 ? { names: [...names] } : refused('(')
}

function refused(found: string): RuleReading {
  return {
    names: [],
    unsafe: {
      found: { en: `"${found}", which does not belong in a condition`, zh: `不属于条件表达式的“${found}”` },
      expected: {
        en: 'one SQL condition, without commands, comments or open quotes and parentheses',
        zh: '单个 SQL 条件，不含命令、注释、未闭合的引号或括号',
      },
    },
  }
}
