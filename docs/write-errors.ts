/** `node docs/write-errors.ts`: writes `docs/errors.md` from the table of errors. A test holds the two equal. */
import { writeFile } from 'node:fs/promises'
import { alertErrors } from '../src/errors/alert-errors.ts'
import { commandErrors } from '../src/errors/command-errors.ts'
import { documentErrors } from '../src/errors/document-errors.ts'
import { fileErrors } from '../src/errors/file-errors.ts'
import { harvestErrors } from '../src/errors/harvest-errors.ts'
import { httpErrors } from '../src/errors/http-errors.ts'
import { lifecycleErrors } from '../src/errors/lifecycle-errors.ts'
import { promiseErrors } from '../src/errors/promise-errors.ts'
import { sourceErrors } from '../src/errors/source-errors.ts'
import { storeErrors } from '../src/errors/store-errors.ts'
import type { ErrorEntry } from '../src/errors/table.ts'
import { markdownTable } from './markdown-table.ts'

type Entries = Readonly<Record<string, ErrorEntry>>

const areas: readonly (readonly [title: string, entries: Entries])[] = [
  ['Documents 文档', documentErrors],
  ['Command line 命令行', commandErrors],
  ['Source systems 源系统', withoutHttp(sourceErrors)],
  ['HTTP interfaces 接口', httpErrors],
  ['Files 文件', fileErrors],
  ['Runs 运行', { ...harvestErrors, ...lifecycleErrors }],
  ['Runs 运行', harvestErrors],
  ['Promises 承诺', promiseErrors],
  ['Store 存储库', storeErrors],
  ['Alerts 告警', alertErrors],
]

const heading = `# Errors 错误代码

<!-- Written by "node docs/write-errors.ts" from src/errors/. Change the table there, not this file. -->

Every message of guiji has a code, a fact (what was found, and where) and a hint (what to do next). A code is never
reused or renamed. \`{name}\` stands for what the message fills in.

* **recovery**: *retry*: the same command may succeed later · *skip*: this piece is passed over · *abort*: a person
  must change something first.
* **cause**: whose fault it is when the error leaves a promise unkept; \`guiji status\` shows it with the verdict.
  Errors without one happen before anything is owed.

每条错误都有代码、事实与提示。代码不会复用或改名。**recovery**：*retry* 可稍后重试，*skip* 跳过该部分，*abort* 需先由人处理；
**cause**：因此未履约时的责任归属。
`

/** The whole of `docs/errors.md`. */
export function errorsPage(): string {
  const sections = areas.map(([title, entries]) => `## ${title}\n\n${table(entries)}`)
  return `${[heading.trimEnd(), ...sections].join('\n\n')}\n`
}

function table(entries: Entries): string {
  return markdownTable(
    ['code', 'recovery', 'cause', 'fact', 'hint'],
    Object.entries(entries).map(([code, { recovery, cause, en, zh }]) => [
      `\`${code}\``,
      recovery,
      cause === undefined ? '' : `\`${cause}\``,
      `${en.fact}<br>${zh.fact}`,
      `${en.hint}<br>${zh.hint}`,
    ]),
  )
}

function withoutHttp(entries: Entries): Entries {
  return Object.fromEntries(Object.entries(entries).filter(([code]) => !Object.hasOwn(httpErrors, code)))
}

if (import.meta.main) await writeFile(new URL('errors.md', import.meta.url), errorsPage())
