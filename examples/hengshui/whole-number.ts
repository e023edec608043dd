/** A count given on the command line; anything else ends the program with a usage error. */
export function wholeNumber(option: string, text: string): number {
  const value = Number(text)
  if (/^[0-9]{1,9}$/.test(text) && value >= 1) return value
  console.error(`${option} must be a whole number of at least 1, found "${text}"`)
  process.exit(2)
}
