import { Temporal } from 'temporal-polyfill'

/** `1234567n` → `1,234,567`. */
export function countText(count: bigint | number | string): string {
  return BigInt(count).toLocaleString('en-US')
}

/** RFC 3339 with the zone's offset, `2026-11-23T20:00:00.5+08:00`: how instants are given to programs. */
export function instantText(instant: Date, timeZone: string): string {
  return Temporal.Instant.fromEpochMilliseconds(instant.getTime()).toString({ timeZone })
}

/** `2026-11-23 20:00`: how instants are shown to people, in the workspace's zone. */
export function shortInstant(instant: Date | null, timeZone: string): string {
  if (instant === null) return '—'
  const local = Temporal.Instant.fromEpochMilliseconds(instant.getTime()).toZonedDateTimeISO(timeZone)
  return `${local.toPlainDate()} ${local.toPlainTime().toString({ smallestUnit: 'minute' })}`
}

/** `4.2 s`, `3:05`, `2:10:00`. */
export function secondsText(seconds: number): string {
  if (seconds < 60) return `${seconds.toFixed(1)} s`
  const whole = Math.round(seconds)
  const two = (value: number) => String(value).padStart(2, '0')
  const hours = Math.floor(whole / 3600)
  const minutes = Math.floor((whole % 3600) / 60)
  return hours > 0 ? `${hours}:${two(minutes)}:${two(whole % 60)}` : `${minutes}:${two(whole % 60)}`
}

/** `97.5%`; `—` where nothing was owed. Rounded down, so that 100% means all of it. */
export function shareText(part: bigint, whole: bigint): string {
  if (whole === 0n) return '—'
  const tenths = (part * 1000n) / whole
  return `${tenths / 10n}.${tenths % 10n}%`
}
