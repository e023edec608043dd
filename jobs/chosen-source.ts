import type { SourceDocument, Workspace } from '../catalog-schema/documents/documents.ts'
import { GuijiError } from '../src/errors/guiji-error.ts'
import type { Language } from '../src/errors/table.ts'
import { nearestWord } from '../src/workspace/nearest-word.ts'
import { suggestionWords } from './suggestion.ts'

/** The source of a code. Throws SOURCE_UNKNOWN with the nearest one. */
export function chosenSource(workspace: Workspace, code: string, language: Language): SourceDocument {
  const found = workspace.sources.find((source) => source.code === code)
  if (found !== undefined) return found
  const codes = workspace.sources.map((source) => source.code)
  const suggestion = suggestionWords(nearestWord(code, codes), language)
  throw new GuijiError('SOURCE_UNKNOWN', { found: code, suggestion, known: codes.join(', ') })
}
