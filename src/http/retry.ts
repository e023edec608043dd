/** Waits before attempt 2, 3, 4 … of one request. */
export interface Backoff {
  /** Milliseconds before the second attempt; doubled for each further one. */
  readonly first: number
  /** No wait is longer, whatever the system asks for. */
  readonly longest: number
}

export const backoff: Backoff = { first: 500, longest: 120_000 }

/**
 * How long to wait after the failed attempt `attempt` (from 1). What the system asks for by Retry-After is
 * honoured up to the longest wait; otherwise the wait is anything up to the doubled interval ("full jitter", Brooker,
 * AWS Architecture Blog 2015), so that many clients do not return at the same moment.
 */
export function retryWait(
  attempt: number,
  asked: number | undefined,
  random: () => number,
  { first, longest }: Backoff = backoff,
): number {
  if (asked !== undefined) return Math.min(asked, longest)
  const interval = Math.min(first * 2 ** (attempt - 1), longest)
  return interval * random()
}

/** Milliseconds asked for by a Retry-After header, in seconds or as a date (RFC 9110, 10.2.3). */
export function retryAfter(header: string | undefined, now: number): number | undefined {
  if (header === undefined) return undefined
  const text = header.trim()
  if (/^\d+$/.test(text)) return Number(text) * 1000
  const date = Date.parse(text)
  return Number.isNaN(date) ? undefined : Math.max(0, date - now)
}

/**
 * Too slow (408), too early (425), too busy (429) or broken for the moment: asking the same again later may help. No
 * other 4xx ever does (RFC 9110, 15.5; RFC 8470, 5.2).
 */
export function isPassing(status: number): boolean {
  return (
    status === 408 || status === 425 || status === 429 || (status >= 500 && status !== 501 && status !== 505)
  )
}
