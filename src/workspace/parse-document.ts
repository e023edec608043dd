import type { Document } from 'yaml'
import { isMap, isNode, isScalar, LineCounter, parseDocument as parseYaml, visit } from 'yaml'
import type { DocumentPlace, Problem } from './problem.ts'
import { createProblem, formatPlace } from './problem.ts'
import { describeSyntaxError, firstOfDuplicate } from './yaml-errors.ts'

/** Property names and indexes from the root of a document. */
export type Path = readonly (string | number)[]

/** One YAML or JSON file, parsed, with the place of everything in it. */
export interface ParsedDocument {
  readonly file: string
  /** Undefined where the file is not valid YAML. */
  readonly value: unknown
  readonly problems: readonly Problem[]
  /** Where the value at `path` begins; of what is not there, where the nearest thing around it begins. */
  placeOf(path: Path): DocumentPlace
  /** Where the property name at the end of `path` stands. */
  placeOfKey(path: Path): DocumentPlace
  /** What is written at `path`, as the file has it; undefined where it is not one word or number. */
  sourceOf(path: Path): string | undefined
}

/** Parses YAML 1.2, of which JSON is a part. Never throws for what the text holds. */
export function parseDocument(file: string, text: string): ParsedDocument {
  const lines = new LineCounter()
  const document = parseYaml(text, { lineCounter: lines, prettyErrors: false })
  keepKeysAsWritten(document)
  const placeAt = (offset: number): DocumentPlace => {
    const { line, col } = lines.linePos(offset)
    return { file, line: Math.max(line, 1), column: Math.max(col, 1) }
  }
  const { value, problems } = readValue(document, placeAt)
  return {
    file,
    value,
    problems,
    placeOf: (path) => placeAt(offsetOf(document, path)),
    placeOfKey: (path) => placeAt(offsetOfKey(document, path) ?? offsetOf(document, path)),
    sourceOf: (path) => {
      const node = document.getIn(path, true)
      return isScalar(node) ? node.source : undefined
    },
  }
}

/** A key is a text: `01` in a code table stays `01` and does not become the number 1. */
function keepKeysAsWritten(document: Document): void {
  visit(document, {
    Pair(_, pair) {
      if (isScalar(pair.key) && typeof pair.key.value !== 'string') pair.key.value = pair.key.source ?? ''
    },
  })
}

function readValue(
  document: Document,
  placeAt: (offset: number) => DocumentPlace,
): { value: unknown; problems: Problem[] } {
  const problems = problemsOf(document, placeAt)
  if (problems.length > 0) return { value: undefined, problems }
  try {
    return { value: document.toJS({ maxAliasCount: 1000 }), problems }
  } catch (error) {
    // An alias without its anchor, or aliases that multiply without end, are found only here.
    const found = error instanceof Error ? error.message : String(error)
    const expected = { en: 'anchors that exist, used sparingly', zh: '已定义且不过量使用的锚点' }
    return { value: undefined, problems: [createProblem(placeAt(0), 'YAML_SYNTAX', { found, expected })] }
  }
}

function offsetOf(document: Document, path: Path): number {
  for (let length = path.length; length >= 0; length -= 1) {
    const node = length === 0 ? document.contents : document.getIn(path.slice(0, length), true)
    if (isNode(node) && node.range) return node.range[0]
  }
  return 0
}

function offsetOfKey(document: Document, path: Path): number | undefined {
  const parent = path.length === 1 ? document.contents : document.getIn(path.slice(0, -1), true)
  if (!isMap(parent)) return undefined
  const name = String(path.at(-1))
  const key = parent.items.map((pair) => pair.key).find((one) => isScalar(one) && one.value === name)
  return isNode(key) ? key.range?.[0] : undefined
}

/** Tabs and duplicate keys one by one; of other syntax errors only the first, since the rest follow from it. */
function problemsOf(document: Document, placeAt: (offset: number) => DocumentPlace): Problem[] {
  const tabs = document.errors.filter((error) => error.code === 'TAB_AS_INDENT')
  const duplicates = document.errors.filter((error) => error.code === 'DUPLICATE_KEY')
  const other = document.errors.find((error) => !tabs.includes(error) && !duplicates.includes(error))
  return [
    ...tabs.map((error) => createProblem(placeAt(error.pos[0]), 'YAML_TAB', { found: 'tab' })),
    ...duplicates.map((error) => {
      const first = firstOfDuplicate(document, error.pos[0])
      return createProblem(placeAt(error.pos[0]), 'YAML_DUPLICATE_KEY', {
        found: first?.key ?? '',
        other: first && formatPlace(placeAt(first.offset)),
      })
    }),
    ...(other && tabs.length === 0
      ? [createProblem(placeAt(other.pos[0]), 'YAML_SYNTAX', describeSyntaxError(other))]
      : []),
  ]
}
