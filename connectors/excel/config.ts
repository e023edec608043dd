import type { JsonSchema } from '../../src/connector.ts'

export interface ExcelRead {
  readonly file: string
  /** Name of a sheet, or its number from 1 in the order of the tabs. */
  readonly sheet: string | number
  /** Row of the header, from 1; absent: found. */
  readonly headerRow?: number
}

export const excelConfigSchema: JsonSchema = {
  $schema: 'https://json-schema.org/draft/2020-12/schema',
  type: 'object',
  title: 'Excel workbooks',
  'title:zh': 'Excel 工作簿',
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

export const excelReadSchema: JsonSchema = {
  $schema: 'https://json-schema.org/draft/2020-12/schema',
  type: 'object',
  title: 'What to read',
  'title:zh': '读取内容',
  additionalProperties: false,
  required: ['file'],
  properties: {
    file: { type: 'string', minLength: 1, title: 'File or glob', 'title:zh': '文件名或通配符' },
    sheet: {
      type: ['string', 'integer'],
      minLength: 1,
      minimum: 1,
      default: 1,
      title: 'Sheet, by name or by number from 1',
      'title:zh': '工作表（名称或从 1 开始的序号）',
    },
    headerRow: {
      type: 'integer',
      minimum: 1,
      maximum: 1048576,
      title: 'Row of the header; found when absent',
      'title:zh': '表头所在行（缺省时自动识别）',
    },
  },
}

/** The `read` of a request, validated against the schema before, with its defaults. */
export function excelRead(read: Readonly<Record<string, unknown>>): ExcelRead {
  const given = read as Partial<ExcelRead> & Pick<ExcelRead, 'file'>
  const headerRow = given.headerRow === undefined ? {} : { headerRow: given.headerRow }
  return { file: given.file, sheet: given.sheet ?? 1, ...headerRow }
}
