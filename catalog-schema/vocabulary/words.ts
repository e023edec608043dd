import { cycles } from './cycles.ts'
import { dataFormats } from './formats.ts'
import { gradingLevels } from './gradings.ts'
import { sharingMethods, sharingTypes } from './sharing.ts'

interface Entry {
  readonly zh: string
  readonly en: string
  readonly words: readonly string[]
}

/** The closed lists whose words an administrator may write in Chinese, in English or as the code. */
export const vocabularies = { cycles, sharingTypes, sharingMethods, gradingLevels, dataFormats }

export type VocabularyName = keyof typeof vocabularies
export type CodeOf<N extends VocabularyName> = keyof (typeof vocabularies)[N]

/** The code a word stands for, or undefined: there is never a default. Letter case does not matter. */
export function readWord<N extends VocabularyName>(name: N, word: string): CodeOf<N> | undefined {
  return entriesOf(name).find(([code, entry]) =>
    wordsOfEntry(code, entry).some((one) => same(one, word)),
  )?.[0]
}

/** Every word that is accepted: titles first, so that the nearest word offered is a title where it can be. */
export function wordsOf(name: VocabularyName): readonly string[] {
  const entries = entriesOf(name)
  return [
    ...entries.map(([, entry]) => entry.zh),
    ...entries.map(([, entry]) => entry.en),
    ...entries.flatMap(([code, entry]) => [code, ...entry.words]),
  ]
}

/** One word per code, as shown to people. */
export function titlesOf(name: VocabularyName, language: 'en' | 'zh'): readonly string[] {
  return entriesOf(name).map(([, entry]) => entry[language])
}

/** The title of a code. */
export function titleOf<N extends VocabularyName>(name: N, code: CodeOf<N>, language: 'en' | 'zh'): string {
  const entry = entriesOf(name).find(([one]) => one === code)
  return entry?.[1][language] ?? String(code)
}

function entriesOf<N extends VocabularyName>(name: N): [CodeOf<N>, Entry][] {
  return Object.entries(vocabularies[name]) as [CodeOf<N>, Entry][]
}

function wordsOfEntry(code: PropertyKey, entry: Entry): readonly string[] {
  return [String(code), entry.zh, entry.en, ...entry.words]
}

function same(a: string, b: string): boolean {
  return a.toLowerCase() === b.toLowerCase()
}
