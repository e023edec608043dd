import { causes } from '../catalog-schema/vocabulary/causes.ts'
import type { Language } from '../src/errors/table.ts'

/** A cause's title; a code that is not in the vocabulary stands for itself. */
export function causeText(cause: string | null, language: Language): string {
  if (cause === null) return ''
  return Object.hasOwn(causes, cause) ? causes[cause as keyof typeof causes][language] : cause
}
