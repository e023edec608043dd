const opening = '(（[［【{｛《「『'
const closing = ')）]］】}｝》」』'
const separators = '、，,;；|\n\r'

/**
 * The items in one cell: `姓名、身份证号（18位、末位可为X）；住址` are three. Separators within brackets do not part,
 * unless the brackets do not close; `1.姓名 2.性别` and a closing full stop are understood. A slash parts only where
 * nothing else does and there are three or more (`进/出站时间` is one item). Each title once.
 */
export function splitItems(cell: string): string[] {
  const text = withoutNumbers(cell).replace(/[。.；;、，,\s]+$/, '')
  const parts = splitOutside(text) ?? text.split(new RegExp(`[${separators}]`))
  const slashed = parts.length === 1 ? text.split(/[/／]/) : []
  return [...new Set((slashed.length > 2 ? slashed : parts).map((part) => part.trim()))].filter(
    (part) => part !== '',
  )
}

/** `1.`, `2、`, `3)` before an item become separators; `（1）` only where the cell begins so. */
function withoutNumbers(cell: string): string {
  const numbered = cell.replace(/(^|[\s;；，,、。])\d{1,3}(?:[)）]|[.．、](?!\d))\s*/g, '$1\n')
  return /^\s*[(（]1[)）]/.test(cell) ? numbered.replace(/[(（]\d{1,3}[)）]/g, '\n') : numbered
}

/** Undefined where the brackets do not match. */
function splitOutside(text: string): string[] | undefined {
  const parts: string[] = []
  let part = ''
  let depth = 0
  for (const character of text) {
    if (opening.includes(character)) depth += 1
    if (closing.includes(character)) depth -= 1
    if (depth < 0) return undefined
    if (depth === 0 && separators.includes(character)) {
      parts.push(part)
      part = ''
    } else part += character
  }
  return depth === 0 ? [...parts, part] : undefined
}
