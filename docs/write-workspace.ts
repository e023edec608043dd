/**
 * `node docs/write-workspace.ts`: writes `docs/workspace.md` from the JSON Schemas of the documents, the closed lists
 * of words and the schemas of the connectors. A test holds the two equal.
 */
import { writeFile } from 'node:fs/promises'
import calendarSchema from '../catalog-schema/documents/calendar.schema.json' with { type: 'json' }
import departmentSchema from '../catalog-schema/documents/department.schema.json' with { type: 'json' }
import harvestSchema from '../catalog-schema/documents/harvest.schema.json' with { type: 'json' }
import sourceSchema from '../catalog-schema/documents/source.schema.json' with { type: 'json' }
import waiverSchema from '../catalog-schema/documents/waiver.schema.json' with { type: 'json' }
import workspaceSchema from '../catalog-schema/documents/workspace.schema.json' with { type: 'json' }
import { semanticTypes } from '../catalog-schema/vocabulary/semantic-types.ts'
import { vocabularies } from '../catalog-schema/vocabulary/words.ts'
import { connectors } from '../connectors/index.ts'
import type { Connector, JsonSchema } from '../src/connector.ts'
import { markdownTable } from './markdown-table.ts'
import { schemaRows } from './schema-rows.ts'

const documents: readonly (readonly [file: string, schema: JsonSchema])[] = [
  ['guiji.yaml', workspaceSchema],
  ['catalog/*.yaml', departmentSchema],
  ['sources/*.yaml', sourceSchema],
  ['harvests/*.yaml', harvestSchema],
  ['calendars/*.yaml', calendarSchema],
  ['waivers/*.yaml', waiverSchema],
]

const heading = `# Workspace documents 工作区文档

<!-- Written by "node docs/write-workspace.ts" from the schemas. Change those, not this file. -->

A workspace is a folder of YAML (or JSON) kept in git. \`guiji apply --dry-run\` checks all of it and says for each
mistake the file, line and column, what was found, what was expected and the nearest word that would do. Properties
that are not listed here are mistakes too. Where a property takes *string or object*, the short form is the first
property of the long one: \`commitment: 每日\` is \`commitment: {cycle: 每日}\`, \`name: xm\` in the items of a harvest is
\`name: {from: xm}\`.

工作区是一个保存在 git 中的 YAML（或 JSON）文件夹。\`guiji apply --dry-run\` 校验全部文档，指出每处错误的文件、行、列、
实际内容、应有内容与最接近的正确词。未列出的属性一律视为错误。
`

/** The whole of `docs/workspace.md`. */
export function workspacePage(): string {
  const parts = [
    heading.trimEnd(),
    ...documents.map(([file, schema]) => section(`\`${file}\` ${titleOf(schema)}`, schema)),
    '# Words 词表\n\nA word may be written as code, in Chinese, in English, or as one of its other forms.',
    ...Object.entries(vocabularies).map(([name, entries]) => `## ${name}\n\n${wordTable(entries)}`),
    `## semantic types 语义类型\n\n${semanticTable()}`,
    '# Connectors 连接器\n\n`config` stands in a source document, `read` in a harvest document. Relative paths are below the workspace.',
    ...connectors.map(connectorSection),
  ]
  return `${parts.join('\n\n')}\n`
}

function section(title: string, schema: JsonSchema): string {
  return `## ${title}\n\n${propertyTable(schema)}`
}

function propertyTable(schema: JsonSchema): string {
  return markdownTable(
    ['property', 'type', 'required', 'title', '名称', 'values'],
    schemaRows(schema).map(({ path, type, required, title, titleZh, values }) => [
      `\`${path}\``,
      type,
      required,
      title,
      titleZh,
      values,
    ]),
  )
}

function titleOf(schema: JsonSchema): string {
  return `${String(schema.title)} ${String(schema['title:zh'])}`
}

type Words = Readonly<
  Record<string, { readonly zh: string; readonly en: string; readonly words: readonly string[] }>
>

function wordTable(entries: Words): string {
  return markdownTable(
    ['code', '中文', 'English', 'also'],
    Object.entries(entries).map(([code, { zh, en, words }]) => [`\`${code}\``, zh, en, words.join(' · ')]),
  )
}

function semanticTable(): string {
  return markdownTable(
    ['code', '中文', 'English', 'rule'],
    Object.entries(semanticTypes).map(([code, { zh, en, rule }]) => [`\`${code}\``, zh, en, rule]),
  )
}

function connectorSection({ kind, title, configSchema, readSchema }: Connector): string {
  const tables = [
    ['config', configSchema],
    ['read', readSchema],
  ] as const
  return [
    `## \`kind: ${kind}\` ${title.en} ${title.zh}`,
    ...tables.map(([name, schema]) => `\`${name}\`\n\n${propertyTable(schema)}`),
  ].join('\n\n')
}

if (import.meta.main) await writeFile(new URL('workspace.md', import.meta.url), workspacePage())
