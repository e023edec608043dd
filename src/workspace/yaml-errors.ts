import type { Document, YAMLError } from 'yaml'
import { isNode, isScalar, visit } from 'yaml'
import type { Text } from '../connector.ts'

/** What the parser found, and what stands there in valid YAML, by the parser's own error code. */
const syntaxErrors: Readonly<Record<string, { readonly found: Text; readonly expected: Text }>> = {
  BAD_INDENT: {
    found: { en: 'a line does not fit the indentation around it', zh: '缩进与上下文不一致' },
    expected: { en: 'the same number of spaces for entries of one level', zh: '同级条目缩进相同' },
  },
  BLOCK_AS_IMPLICIT_KEY: {
    found: { en: 'a mapping or list begins inside a value', zh: '值中出现了嵌套的映射或列表' },
    expected: {
      en: 'quotes around a value that holds ": ", and one indentation per level',
      zh: '含“: ”的值加引号，且每级缩进一致',
    },
  },
  MULTILINE_IMPLICIT_KEY: {
    found: { en: 'a line without a colon where a property is expected', zh: '应为属性的行缺少冒号' },
    expected: { en: '"name: value" on one line', zh: '单行的“名称: 值”' },
  },
  MISSING_CHAR: {
    found: { en: 'a quote, bracket or colon is missing', zh: '缺少引号、括号或冒号' },
    expected: { en: 'every quote and bracket closed', zh: '引号和括号成对出现' },
  },
  BAD_SCALAR_START: {
    found: { en: 'a value begins with a reserved character', zh: '值以保留字符开头' },
    expected: { en: 'quotes around the value', zh: '带引号的值' },
  },
  MULTIPLE_DOCS: {
    found: { en: 'a second document begins with ---', zh: '文件中以 --- 开始了第二份文档' },
    expected: { en: 'one document per file', zh: '每个文件一份文档' },
  },
  UNEXPECTED_TOKEN: {
    found: { en: 'something stands where nothing may stand', zh: '此处不应有内容' },
    expected: {
      en: 'the indentation of the first line kept through the level',
      zh: '同级各行与首行缩进一致',
    },
  },
}

/** A syntax error in words. Nothing of the file's content is repeated: it could hold a secret. */
export function describeSyntaxError(error: YAMLError): { found: Text | string; expected: Text } {
  return (
    syntaxErrors[error.code] ?? {
      found: error.code,
      expected: { en: 'YAML 1.2 or JSON', zh: ' YAML 1.2 或 JSON' },
    }
  )
}

/** The key that stands again at `offset`, and where it stood first in the same mapping. */
export function firstOfDuplicate(
  document: Document,
  offset: number,
): { key: string; offset: number } | undefined {
  let first: { key: string; offset: number } | undefined
  visit(document, {
    Map(_, map) {
      const keys = map.items.map((pair) => pair.key).filter(isNode)
      const again = keys.find((key) => key.range?.[0] === offset)
      if (!isScalar(again)) return undefined
      const original = keys.find((key) => isScalar(key) && key.value === again.value)
      first = { key: String(again.value), offset: original?.range?.[0] ?? offset }
      return visit.BREAK
    },
  })
  return first
}
