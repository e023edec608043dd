import type { Contact } from '../catalog-schema/documents/documents.ts'
import { Circuit } from '../src/sources/circuit.ts'

/** The circuit breakers of one process, one for each source. */
export class SourceCircuits {
  readonly #circuits = new Map<string, Circuit>()

  of(source: string): Circuit {
    const circuit = this.#circuits.get(source) ?? new Circuit()
    this.#circuits.set(source, circuit)
    return circuit
  }
}

/** A contact as messages name it; empty where there is none. */
export function contactText(contact: Contact | undefined): string {
  return [contact?.name, contact?.phone, contact?.email].filter((part) => part !== undefined).join(' ')
}
