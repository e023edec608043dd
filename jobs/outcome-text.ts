import { outcomes } from '../catalog-schema/vocabulary/outcomes.ts'
import type { Language } from '../src/errors/table.ts'

/** An outcome's title; null: the period is not planned yet. */
export function outcomeText(outcome: string | null, language: Language): string {
  if (outcome === null) return '—'
  return Object.hasOwn(outcomes, outcome) ? outcomes[outcome as keyof typeof outcomes][language] : outcome
}
