import { redactor } from '../src/workspace/secrets.ts'

/** Secret values that were resolved in this process, so that nothing that is shown or kept holds one. */
export class KnownSecrets {
  readonly #values = new Set<string>()
  #redact = redactor([])

  add(values: readonly string[]): void {
    for (const value of values) this.#values.add(value)
    this.#redact = redactor([...this.#values])
  }

  readonly redact = (text: string): string => this.#redact(text)
}
