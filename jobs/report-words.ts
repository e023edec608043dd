import type { Say } from './messages.ts'

/** `2 d 3 h`: how long something was late, cut to what matters; empty where nothing was. */
export function latenessText(seconds: bigint | null, say: Say): string {
  if (seconds === null) return ''
  const minutes = seconds / 60n
  if (minutes < 60n) return say('report.minutes', { minutes })
  const hours = minutes / 60n
  if (hours < 24n) return say('report.hours', { hours, minutes: minutes % 60n })
  return say('report.days', { days: hours / 24n, hours: hours % 24n })
}

/** `+1,204`, `−3`, `0`. */
export function growthText(after: bigint, before: bigint): string {
  const growth = after - before
  if (growth === 0n) return '0'
  const size = (growth < 0n ? -growth : growth).toLocaleString('en-US')
  return `${growth < 0n ? '−' : '+'}${size}`
}

/** `+2.5%`, cut to one decimal; `—` where there was nothing before. */
export function growthShare(after: bigint, before: bigint): string {
  if (before === 0n) return '—'
  const growth = after - before
  const tenths = ((growth < 0n ? -growth : growth) * 1000n) / before
  const sign = growth < 0n ? '−' : growth > 0n ? '+' : ''
  return `${sign}${tenths / 10n}.${tenths % 10n}%`
}
