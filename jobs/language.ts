import type { Language } from '../src/errors/table.ts'

type Environment = Readonly<Record<string, string | undefined>>

/** The language that the locale asks for; undefined where it asks for none (`C`, `POSIX`, unset). */
export function localeLanguage(environment: Environment): Language | undefined {
  const locale = environment.LC_ALL || environment.LC_MESSAGES || environment.LANG || ''
  if (/^(C|POSIX)?([.@]|$)/i.test(locale)) return undefined
  return /^zh/i.test(locale) ? 'zh' : 'en'
}

export function isLanguage(text: string | undefined): text is Language {
  return text === 'zh' || text === 'en'
}
