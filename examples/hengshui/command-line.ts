import { type ParseArgsConfig, parseArgs } from 'node:util'

type Options = NonNullable<ParseArgsConfig['options']>

/** The options of the command line; unknown ones end the program as a usage error. */
export function readOptions<T extends Options>(options: T) {
  try {
    return parseArgs({ options }).values
  } catch (error) {
    return usageError(error instanceof Error ? error.message : String(error))
  }
}

/** A count of at least 1; anything else ends the program as a usage error. */
export function wholeNumber(option: string, text: string): number {
  const value = Number(text)
  if (/^[0-9]{1,9}$/.test(text) && value >= 1) return value
  return usageError(`${option} must be a whole number of at least 1, found "${text}"`)
}

function usageError(message: string): never {
  console.error(message)
  process.exit(2)
}
