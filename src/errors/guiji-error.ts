import { alertErrors } from './alert-errors.ts'
import { commandErrors } from './command-errors.ts'
import { documentErrors } from './document-errors.ts'
import { fileErrors } from './file-errors.ts'
import { harvestErrors } from './harvest-errors.ts'
import { lifecycleErrors } from './lifecycle-errors.ts'
import { promiseErrors } from './promise-errors.ts'
import { sourceErrors } from './source-errors.ts'
import { storeErrors } from './store-errors.ts'
import type { Cause, ErrorEntry, Language, Recovery } from './table.ts'

/** Every error guiji can raise, by code. Codes are never reused or renamed. */
export const errorTable = {
  ...documentErrors,
  ...commandErrors,
  ...sourceErrors,
  ...fileErrors,
  ...storeErrors,
  ...harvestErrors,
  ...alertErrors,
  ...lifecycleErrors,
  ...promiseErrors,
} satisfies Record<string, ErrorEntry>

export type ErrorCode = keyof typeof errorTable
export type ErrorDetails = Readonly<Record<string, string | number | bigint | boolean | undefined>>

/**
 * What stops a page, a file, a run or a command. Bad data is never a GuijiError: it is an `Issue` value.
 * `fact` says what was found and where (lower case in English); `hint` says what to do next.
 */
export class GuijiError extends Error {
  override readonly name = 'GuijiError'
  readonly code: ErrorCode
  readonly details: ErrorDetails
  readonly #blame: Cause | undefined

  /** `blame` replaces the cause of the table where the error only passes on another's. */
  constructor(code: ErrorCode, details: ErrorDetails = {}, options?: { cause?: unknown; blame?: Cause }) {
    const readable = readableDetails(details)
    super(`${code}: ${fill(errorTable[code].en.fact, readable)}`, options)
    this.code = code
    this.details = readable
    this.#blame = options?.blame
  }

  get recovery(): Recovery {
    return errorTable[this.code].recovery
  }

  /** Whose fault it is when this error leaves an occurrence unkept. */
  get blame(): Cause | undefined {
    const entry: ErrorEntry = errorTable[this.code]
    return this.#blame ?? entry.cause
  }

  fact(language: Language): string {
    return fill(errorTable[this.code][language].fact, this.details)
  }

  hint(language: Language): string {
    return fill(errorTable[this.code][language].hint, this.details)
  }
}

/**
 * Details quote what a source said, which may be anything: control characters and half pairs, which neither a store
 * nor a terminal takes, become U+FFFD.
 */
function readableDetails(details: ErrorDetails): ErrorDetails {
  return Object.fromEntries(
    Object.entries(details).map(([name, value]) => [
      name,
      typeof value === 'string' ? value.toWellFormed().replace(unreadable, '\ufffd') : value,
    ]),
  )
}

const unreadable = /[\0-\x08\x0b-\x1f\x7f-\x9f]/g

/** `{name}` in a template is replaced by the detail of that name; an absent detail leaves nothing. */
function fill(template: string, details: ErrorDetails): string {
  return template.replace(/\{(\w+)\}/g, (_, name: string) => String(details[name] ?? ''))
}
