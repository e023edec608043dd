import { isOutboundEntry } from '../http/outbound.ts'
import { isCronProblem, parseCron } from '../schedule/cron.ts'

/** The named formats of the document schemas: each tells whether a text has it. */
export const formats: Readonly<Record<string, (text: string) => boolean>> = {
  'time-zone': isTimeZone,
  'time-of-day': (text) => /^([01]\d|2[0-3]):[0-5]\d$/.test(text),
  hours: (text) => /^([01]\d|2[0-3]):[0-5]\d-([01]\d|2[0-3]):[0-5]\d$/.test(text),
  date: isDate,
  days: (text) => text.split('/').length <= 2 && text.split('/').every(isDate) && isForward(text),
  'month-day': (text) => isDate(`2024-${text}`),
  until: (text) =>
    /^\d{4}-\d{2}-\d{2}(T([01]\d|2[0-3]):[0-5]\d(:[0-5]\d)?(Z|[+-]\d{2}:\d{2})?)?$/.test(text) &&
    isDate(text.slice(0, 10)),
  duration: (text) => /^P(?=\d|T\d)(\d+Y)?(\d+M)?(\d+W)?(\d+D)?(T(?=\d)(\d+H)?(\d+M)?(\d+S)?)?$/.test(text),
  jitter: (text) => /^PT(?=\d)((0?\d|1[0-2])H)?([0-5]?\dM)?$/.test(text),
  pattern: isPattern,
  outbound: isOutboundEntry,
  'no-secret-url': (text) => !holdsPassword(text),
  cron: (text) => !isCronProblem(parseCron(text)),
  'store-url': (text) =>
    isSecretReference(text) || (/^postgres(ql)?:\/\/\S+$/.test(text) && !holdsPassword(text)),
  'web-address': (text) =>
    isSecretReference(text) || (/^https?:\/\/[^\s/?#@]+([/?]\S*)?$/.test(text) && URL.canParse(text)),
}

/** `env:NAME` or `file:/path`: the only ways a secret is written. */
export function isSecretReference(text: string): boolean {
  return /^(env:[A-Za-z_][A-Za-z0-9_]*|file:\S.*)$/.test(text)
}

/** A URL with a password in it: `//user:password@`, `?password=` or `?token=`. */
export function holdsPassword(url: string): boolean {
  return /\/\/[^/@]*:[^/]*@|^https?:\/\/[^/?#]*@|[?&](password|passwd|pwd|(access[-_]?)?token|(app[-_]?)?secret|(api|app|access)[-_]?key)=/i.test(
    url,
  )
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

/** `first/last`, in this order. */
function isForward(text: string): boolean {
  const [first = '', last = first] = text.split('/')
  return first <= last
}

function isPattern(text: string): boolean {
  try {
    new RegExp(text, 'u')
    return true
  } catch {
    return false
  }
}
