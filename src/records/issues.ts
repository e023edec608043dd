import type { Issue, IssueReason } from '../connector.ts'

const LONGEST_VALUE = 200

/** An issue with its value cut to what an issue may show. */
export function issue(reason: IssueReason, message: string, value?: string, column?: string): Issue {
  return {
    reason,
    message,
    ...(value === undefined ? {} : { value: shortened(value) }),
    ...(column === undefined ? {} : { column }),
  }
}

/** Cut by characters, so that none is cut in two. */
export function shortened(value: string): string {
  return value.length <= LONGEST_VALUE
    ? value
    : [...value.slice(0, 2 * LONGEST_VALUE)].slice(0, LONGEST_VALUE).join('')
}
