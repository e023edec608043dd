import { Document, isNode, isScalar } from 'yaml'
import type { Language } from '../errors/table.ts'
import { unfinishedMark } from '../workspace/unfinished.ts'

/** A comment for the value at a path of a document. */
export interface Remark {
  readonly path: readonly (string | number)[]
  readonly text: string
}

/** YAML text of a plain value, with remarks behind single values and above lists and property sets. */
export function writeYaml(value: unknown, remarks: readonly Remark[], heading: string): string {
  const document = new Document(value)
  for (const { path, text } of remarks) {
    const node = document.getIn(path, true)
    if (!isNode(node)) throw new TypeError(`no value at ${path.join('.')} for the comment "${text}"`)
    if (isScalar(node)) node.comment = ` ${text}`
    else node.commentBefore = ` ${text}`
  }
  document.commentBefore = heading
    .split('\n')
    .map((line) => ` ${line}`)
    .join('\n')
  return document.toString({ lineWidth: 0 })
}

/** A remark that `apply --dry-run` lists as left to fill in. */
export function unfinished(
  path: Remark['path'],
  text: { en: string; zh: string },
  language: Language,
): Remark {
  return { path, text: `${unfinishedMark}${language === 'zh' ? '：' : ': '}${text[language]}` }
}
