import type { Contact } from '../catalog-schema/documents/documents.ts'
import { type ErrorCode, errorTable, GuijiError } from '../src/errors/guiji-error.ts'
import type { Language } from '../src/errors/table.ts'
import type { RecordedError } from '../src/store/read-runs.ts'
import { type MessageKey, messages, type Say } from './messages.ts'

/** What stopped a run and what to do about it, in the language; what has no code is shown as it was recorded. */
export function errorWords(
  error: RecordedError,
  language: Language,
): { readonly code?: string; readonly fact: string; readonly hint: string } {
  const { code, details = {}, fact = '' } = error
  if (code === undefined) return { fact, hint: '' }
  if (!Object.hasOwn(errorTable, code)) return { code, fact, hint: '' }
  const known = new GuijiError(code as ErrorCode, details)
  return { code, fact: known.fact(language), hint: known.hint(language) }
}

/** A state's title; one that has none stands for itself. */
export function stateWord(state: string, say: Say): string {
  const key = `state.${state}`
  return Object.hasOwn(messages, key) ? say(key as MessageKey) : state
}

/** `张三 0318-0000000`; empty where the department named nobody. */
export function contactWords(contact: Contact | null): string {
  return [contact?.name, contact?.phone, contact?.email].filter((part) => part !== undefined).join(' ')
}
