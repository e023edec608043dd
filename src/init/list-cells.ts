import type { CodeOf, VocabularyName } from '../../catalog-schema/vocabulary/words.ts'
import { readWord, titlesOf, wordsOf } from '../../catalog-schema/vocabulary/words.ts'
import type { Text } from '../connector.ts'
import { nearestWord } from '../workspace/nearest-word.ts'
import type { Problem } from '../workspace/problem.ts'
import { createProblem, excerpt } from '../workspace/problem.ts'
import type { ListField, ListHeader } from './list-header.ts'

export interface ListRow {
  readonly row: readonly string[]
  /** Row of the sheet, from 1. */
  readonly line: number
  readonly header: ListHeader
  readonly file: string
  /** Grows by what the cells are found to lack. */
  readonly problems: Problem[]
}

export interface CellReader {
  /** The cell of a field; undefined where it is empty or the list has no such column. */
  text(field: ListField, lines?: 'lines'): string | undefined
  /** The code of the cell's word; a word that is not known is a problem, never a default. */
  word<N extends VocabularyName>(field: ListField, vocabulary: N): CodeOf<N> | undefined
  /** The codes of all words of the cell, separated as items are. */
  words<N extends VocabularyName>(field: ListField, vocabulary: N): readonly CodeOf<N>[] | undefined
  refuseEmpty(field: ListField, expected: Text): void
}

/** Reads the cells of one row by field. */
export function createCellReader(from: ListRow): CellReader {
  const text: CellReader['text'] = (field, lines) => {
    const column = from.header.columns.get(field)
    const cell = column === undefined ? '' : (from.row[column] ?? '').trim()
    return cell === '' ? undefined : lines ? cell : cell.replace(/\s*\n\s*/g, ' ')
  }
  const place = (field: ListField) => ({
    file: from.file,
    line: from.line,
    column: (from.header.columns.get(field) ?? 0) + 1,
  })
  const readOne = <N extends VocabularyName>(field: ListField, vocabulary: N, written: string) => {
    const code = readWord(vocabulary, written.normalize('NFKC').trim())
    if (code === undefined) from.problems.push(unknownWord(place(field), vocabulary, { field, written }))
    return code
  }
  return {
    text,
    word: (field, vocabulary) => {
      const written = text(field)
      return written === undefined ? undefined : readOne(field, vocabulary, written)
    },
    words: (field, vocabulary) => {
      const written = text(field, 'lines')?.split(/[、，,;；/\n+和或及]/)
      const codes = written
        ?.filter((word) => word.trim() !== '')
        .map((word) => readOne(field, vocabulary, word))
        .filter((code) => code !== undefined)
      return codes && [...new Set(codes)]
    },
    refuseEmpty: (field, expected) => {
      const title = titles[field] ?? field
      from.problems.push(createProblem(place(field), 'LIST_CELL_EMPTY', { found: '', expected, title }))
    },
  }
}

const titles: Partial<Record<ListField, Text>> = {
  department: { en: 'department', zh: '部门' },
  cycle: { en: 'update cycle', zh: '更新周期' },
  sharingType: { en: 'sharing type', zh: '共享类型' },
  methods: { en: 'sharing methods', zh: '共享方式' },
  format: { en: 'data format', zh: '数据格式' },
  level: { en: 'level', zh: '分级' },
}

function unknownWord(
  place: Parameters<typeof createProblem>[0],
  vocabulary: VocabularyName,
  { field, written }: { field: ListField; written: string },
): Problem {
  const title = titles[field] ?? field
  return createProblem(place, 'LIST_WORD_UNKNOWN', {
    found: excerpt(written),
    expected: { en: titlesOf(vocabulary, 'en').join(', '), zh: titlesOf(vocabulary, 'zh').join('、') },
    nearest: nearestWord(written, wordsOf(vocabulary)),
    title,
    row: String(place.line),
    column: columnName(place.column),
  })
}

/** 1 → A, 27 → AA: as a spreadsheet names its columns. */
function columnName(column: number): string {
  const rest = Math.floor((column - 1) / 26)
  const letter = String.fromCharCode(65 + ((column - 1) % 26))
  return rest === 0 ? letter : columnName(rest) + letter
}
