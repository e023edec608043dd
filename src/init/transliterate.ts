import { pinyin } from 'pinyin-pro'

/**
 * A code `[a-z][a-z0-9_]*` for a title: pinyin without tones (户籍人口 → `hujirenkou`), its initials where that is
 * longer than `limit` (`hjrk`), ASCII letters and digits as they are. Empty titles and pure punctuation give `x`.
 */
export function transliterate(title: string, limit: number): string {
  const full = toCode(spell(title, 'pinyin'))
  return full.length <= limit ? full : trimmed(toCode(spell(title, 'first')).slice(0, limit))
}

/** The same codes made unique: the second `xingming` becomes `xingming_2`. `taken` grows with every code given. */
export function uniqueCode(title: string, taken: Set<string>, limit: number): string {
  const base = transliterate(title, limit)
  let code = base
  for (let suffix = 2; taken.has(code); suffix += 1) code = `${base}_${suffix}`
  taken.add(code)
  return code
}

/** Per character its pinyin or the first letter of it; `ü` as `v`; what is not Chinese stays together. */
function spell(title: string, pattern: 'pinyin' | 'first'): string {
  const text = title.normalize('NFKC').toLowerCase()
  return pinyin(text, { toneType: 'none', v: true, type: 'array', nonZh: 'consecutive', pattern }).join('')
}

function toCode(spelled: string): string {
  const joined = spelled
    .normalize('NFD')
    .replace(/[\u0300-\u036f]/g, '')
    .replace(/[^a-z0-9]+/g, '_')
  const code = trimmed(joined)
  if (code === '') return 'x'
  return /^[a-z]/.test(code) ? code : `x_${code}`
}

function trimmed(code: string): string {
  return code.replace(/^_+|_+$/g, '')
}
