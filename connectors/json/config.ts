import type { JsonSchema } from '../../src/connector.ts'

export interface JsonRead {
  readonly file: string
  readonly format: 'auto' | 'array' | 'lines'
  /** Keys with dots to the array of the records; '' is the document itself. */
  readonly path: string
}

export const jsonConfigSchema: JsonSchema = {
  $schema: 'https://json-schema.org/draft/2020-12/schema',
  type: 'object',
  title: 'JSON files',
  'title:zh': 'JSON 文件',
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

export const jsonReadSchema: JsonSchema = {
  $schema: 'https://json-schema.org/draft/2020-12/schema',
  type: 'object',
  title: 'What to read',
  'title:zh': '读取内容',
  additionalProperties: false,
  required: ['file'],
  properties: {
    file: { type: 'string', minLength: 1, title: 'File or glob', 'title:zh': '文件名或通配符' },
    format: {
      enum: ['auto', 'array', 'lines'],
      default: 'auto',
      title: 'One document with an array, or one record a line',
      'title:zh': '格式：单个文档中的数组，或每行一条记录',
    },
    path: {
      type: 'string',
      default: '',
      title: 'Path to the array of records, e.g. data.rows',
      'title:zh': '记录数组的路径，例如 data.rows',
    },
  },
}

/** The `read` of a request, validated against the schema before, with its defaults. */
export function jsonRead(read: Readonly<Record<string, unknown>>): JsonRead {
  const given = read as Partial<JsonRead> & Pick<JsonRead, 'file'>
  return { file: given.file, format: given.format ?? 'auto', path: given.path ?? '' }
}
