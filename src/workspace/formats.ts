import { isCronProblem, parseCron } from '../schedule/cron.ts'

/** The named formats of the document schemas: each tells whether a text has it. */
export const formats: Readonly<Record<string, (text: string) => boolean>> = {
  'time-zone': isTimeZone,
  'time-of-day': (text) => /^([01]\d|2[0-3]):[0-5]\d$/.test(text),
  hours: (text) => /^([01]\d|2[0-3]):[0-5]\d-([01]\d|2[0-3]):[0-5]\d$/.test(text),
  date: isDate,
  duration: (text) => /^P(?=\d|T\d)(\d+Y)?(\d+M)?(\d+W)?(\d+D)?(T(?=\d)(\d+H)?(\d+M)?(\d+S)?)?$/.test(text),
  jitter: (text) => /^PT(?=\d)((0?\d|1[0-2])H)?([0-5]?\dM)?$/.test(text),
  pattern: isPattern,
  cron: (text) => !isCronProblem(parseCron(text)),
  'store-url': (text) =>
    isSecretReference(text) || (/^postgres(ql)?:\/\/\S+$/.test(text) && !holdsPassword(text)),
}

/** `env:NAME` or `file:/path`: the only ways a secret is written. */
export function isSecretReference(text: string): boolean {
  return /^(env:[A-Za-z_][A-Za-z0-9_]*|file:\S.*)$/.test(text)
}

/** A URL with a password in it: `//user:password@` or `?password=`. */
export function holdsPassword(url: string): boolean {
  return /\/\/[^/@]*:[^/]*@|[?&]password=/i.test(url)
}

/** The time zones that a mistyped one is compared with. */
export function timeZones(): readonly string[] {
  return [...Intl.supportedValuesOf('timeZone'), 'UTC']
}

function isTimeZone(text: string): boolean {
  try {
    new Intl.DateTimeFormat('en', { timeZone: text })
    return /^[A-Za-z]/.test(text)
  } catch {
    return false
  }
}

function isDate(text: string): boolean {
  if (!/^\d{4}-\d{2}-\d{2}$/.test(text)) return false
  const instant = new Date(`${text}T00:00:00Z`)
  return !Number.isNaN(instant.getTime()) && instant.toISOString().startsWith(text)
}

function isPattern(text: string): boolean {
  try {
    new RegExp(text, 'u')
    return true
  } catch {
    return false
  }
}
