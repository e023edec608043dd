import type { JsonSchema } from '../../src/connector.ts'
import { GuijiError } from '../../src/errors/guiji-error.ts'

export interface CsvRead {
  readonly file: string
  readonly delimiter: string
  readonly quote: string
  readonly header: boolean
  /** Names of the columns where the file has no header. */
  readonly columns: readonly string[]
  readonly encoding: CsvEncoding | 'auto'
  readonly skipLines: number
}

export type CsvEncoding = 'utf-8' | 'gb18030' | 'utf-16le' | 'utf-16be'

export const csvConfigSchema: JsonSchema = {
  $schema: 'https://json-schema.org/draft/2020-12/schema',
  type: 'object',
  title: 'CSV files',
  'title:zh': 'CSV 文件',
  additionalProperties: false,
  required: ['root'],
  properties: {
    root: {
      type: 'string',
      minLength: 1,
      title: 'Folder that may be read',
      'title:zh': '允许读取的目录',
    },
  },
}

export const csvReadSchema: JsonSchema = {
  $schema: 'https://json-schema.org/draft/2020-12/schema',
  type: 'object',
  title: 'What to read',
  'title:zh': '读取内容',
  additionalProperties: false,
  required: ['file'],
  properties: {
    file: { type: 'string', minLength: 1, title: 'File or glob', 'title:zh': '文件名或通配符' },
    delimiter: {
      type: 'string',
      pattern: '^[\\t -~]$',
      default: ',',
      title: 'Delimiter, one ASCII character',
      'title:zh': '分隔符（一个 ASCII 字符）',
    },
    // Characters from 0x30 on occur inside GB18030 characters, where a quote could not be told from text.
    quote: {
      type: 'string',
      pattern: '^[!-/]$',
      default: '"',
      title: 'Quote, one ASCII punctuation character',
      'title:zh': '引号（一个 ASCII 标点）',
    },
    header: { type: 'boolean', default: true, title: 'First line is a header', 'title:zh': '首行为表头' },
    columns: {
      type: 'array',
      minItems: 1,
      uniqueItems: true,
      items: { type: 'string', minLength: 1 },
      title: 'Column names where there is no header',
      'title:zh': '无表头时的列名',
    },
    encoding: {
      enum: ['auto', 'utf-8', 'gb18030', 'utf-16le', 'utf-16be'],
      default: 'auto',
      title: 'Encoding',
      'title:zh': '编码',
    },
    skipLines: {
      type: 'integer',
      minimum: 0,
      default: 0,
      title: 'Lines before the header',
      'title:zh': '表头之前的行数',
    },
  },
}

/** The `read` of a request, validated against the schema before, with its defaults. */
export function csvRead(read: Readonly<Record<string, unknown>>): CsvRead {
  const given = read as Partial<CsvRead> & Pick<CsvRead, 'file'>
  const complete: CsvRead = {
    file: given.file,
    delimiter: given.delimiter ?? ',',
    quote: given.quote ?? '"',
    header: given.header ?? true,
    columns: given.columns ?? [],
    encoding: given.encoding ?? 'auto',
    skipLines: given.skipLines ?? 0,
  }
  const problem = contradiction(complete)
  if (problem !== undefined) throw new GuijiError('FILE_DIALECT', { file: complete.file, problem })
  return complete
}

function contradiction(read: CsvRead): string | undefined {
  if (read.delimiter === read.quote) return `delimiter and quote are both ${read.quote}`
  if (!read.header && read.columns.length === 0) return '"header" is false and "columns" is not given'
  if (read.header && read.columns.length > 0) return '"columns" is given although the file has a header'
  return undefined
}
