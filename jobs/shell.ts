import type { Language } from '../src/errors/table.ts'
import type { KnownSecrets } from './known-secrets.ts'
import type { Say } from './messages.ts'
import type { StoreTrouble } from './store-trouble.ts'
import type { Output } from './terminal/output.ts'

/** 0 done · 1 failed · 2 usage or invalid documents · 3 partial or waiting for approval. */
export type ExitCode = 0 | 1 | 2 | 3

/** What every command gets from the process that runs it. */
export interface Shell {
  readonly language: Language
  readonly say: Say
  /** Results. */
  readonly out: Output
  /** Progress, problems, what is said beside the result. */
  readonly err: Output
  /** Aborts on the first Ctrl-C or SIGTERM. */
  readonly signal: AbortSignal
  readonly clock: () => number
  /** Name of the person or account that runs the command, kept with what it changes. */
  readonly user: string
  /** Every secret that was resolved while the command ran: nothing that is said may hold one. */
  readonly secrets: KnownSecrets
  /** Tells errors of the driver as what they mean for the store that the command opened. */
  readonly storeTrouble: StoreTrouble
}

/** Options that every command has, before or after its name. */
export interface GlobalOptions {
  readonly workspace?: string
  readonly store?: string
  readonly json?: boolean
  readonly lang?: string
}
