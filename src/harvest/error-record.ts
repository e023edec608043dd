import type { ErrorDetails, GuijiError } from '../errors/guiji-error.ts'

/** An error as it is kept with a run: told again later, in any language, from its code and details. */
export interface ErrorRecord {
  readonly code: string
  readonly details?: ErrorDetails
  readonly fact: string
}

export function errorRecord(error: GuijiError): ErrorRecord {
  const details = Object.entries(error.details).map(([name, value]) => [name, String(value ?? '')])
  return { code: error.code, details: Object.fromEntries(details), fact: error.fact('en') }
}
