import type { Language } from '../src/errors/table.ts'

/** The nearest valid word as a sentence; empty where nothing is near. */
export function suggestionWords(nearest: string | undefined, language: Language): string {
  if (nearest === undefined) return ''
  return language === 'zh' ? `是否应为“${nearest}”？` : `did you mean "${nearest}"? `
}
