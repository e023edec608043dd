import type { ErrorEntry } from './table.ts'

/** Errors of sources that are files: finding them, opening them, and what stops the reading of a whole file. */
export const fileErrors = {
  FILE_ROOT_MISSING: {
    recovery: 'retry',
    cause: 'source-unreachable:refused',
    en: {
      fact: 'the folder {root} of source {source} cannot be opened: {problem}',
      hint: 'check that the folder exists, is mounted and may be read by the user guiji runs as',
    },
    zh: {
      fact: '源系统 {source} 的目录 {root} 无法打开：{problem}',
      hint: '请确认目录存在、已挂载，且运行 guiji 的用户有读取权限',
    },
  },
  FILE_OUTSIDE_ROOT: {
    recovery: 'abort',
    en: {
      fact: 'the file {path} of source {source} lies outside its folder {root}',
      hint: 'name a file below the folder, or widen "root" of the source',
    },
    zh: {
      fact: '源系统 {source} 的文件 {path} 位于其目录 {root} 之外',
      hint: '请指定该目录内的文件，或调整源系统的 "root"',
    },
  },
  FILE_MISSING: {
    recovery: 'retry',
    cause: 'not-published',
    en: {
      fact: 'no file matches {pattern} in {root} (source {source}); nearest names: {nearest}',
      hint: 'check "file" of the harvest, or ask the department whether the file has been delivered',
    },
    zh: {
      fact: '{root} 中没有与 {pattern} 匹配的文件（源系统 {source}）；相近的名称：{nearest}',
      hint: '请检查归集任务的 "file"，或向部门确认文件是否已交付',
    },
  },
  FILE_UNREADABLE: {
    recovery: 'retry',
    cause: 'source-unreachable:refused',
    en: {
      fact: 'the file {file} cannot be read: {problem}',
      hint: 'check the permissions of the file and the disk or share it lies on, then run again',
    },
    zh: { fact: '文件 {file} 无法读取：{problem}', hint: '请检查文件权限及其所在磁盘或共享后重试' },
  },
  FILE_EMPTY: {
    recovery: 'retry',
    cause: 'source-wrong:empty',
    en: {
      fact: 'the file {file} is empty: {problem}',
      hint: 'ask the department to deliver the file again; nothing was changed in the store',
    },
    zh: { fact: '文件 {file} 为空：{problem}', hint: '请要求部门重新交付该文件；存储库未作任何改动' },
  },
  FILE_CHANGED: {
    recovery: 'retry',
    cause: 'source-wrong:content',
    en: {
      fact: 'the file {file} changed while it was being read ({problem})',
      hint: 'run again when the department has finished writing the file',
    },
    zh: { fact: '文件 {file} 在读取过程中被修改（{problem}）', hint: '请在部门写完文件后重试' },
  },
  FILE_ENCODING: {
    recovery: 'abort',
    cause: 'source-wrong:content',
    en: {
      fact: 'the file {file} is not {encoding}: {problem}',
      hint: 'set "encoding" of the harvest to what the file is written in, or to auto',
    },
    zh: {
      fact: '文件 {file} 不是 {encoding} 编码：{problem}',
      hint: '请将归集任务的 "encoding" 设为文件的实际编码，或设为 auto',
    },
  },
  FILE_HEADER: {
    recovery: 'abort',
    cause: 'source-wrong:schema',
    en: {
      fact: 'the header of {file} (line {line}) cannot be used: {problem}',
      hint: 'have the header mended, or set "skipLines", "delimiter" or "header: false" with "columns"',
    },
    zh: {
      fact: '{file} 的表头（第 {line} 行）无法使用：{problem}',
      hint: '请修正表头，或设置 "skipLines"、"delimiter"，或设 "header: false" 并给出 "columns"',
    },
  },
  FILE_HEADER_DIFFERS: {
    recovery: 'abort',
    cause: 'source-wrong:schema',
    en: {
      fact: 'the file {file} has no column {column}, which {other} has',
      hint: 'ask the department for the file with all its columns, or read the two layouts with two harvests',
    },
    zh: {
      fact: '文件 {file} 缺少列 {column}，而 {other} 中有该列',
      hint: '请要求部门补齐列后重新交付，或用两个归集任务分别读取两种版式',
    },
  },
  FILE_DIALECT: {
    recovery: 'abort',
    en: {
      fact: 'the file {file} cannot be read as described: {problem}',
      hint: 'mend "read" of the harvest',
    },
    zh: { fact: '文件 {file} 无法按所述方式读取：{problem}', hint: '请修正归集任务的 "read"' },
  },
  FILE_NO_CURSOR: {
    recovery: 'abort',
    en: {
      fact: 'source {source} reads files of kind {kind}, which cannot be asked for records since a cursor',
      hint: 'use mode snapshot for a file that holds everything, append for files that only add',
    },
    zh: {
      fact: '源系统 {source} 读取 {kind} 类文件，无法按游标增量查询',
      hint: '文件为全量时请用 snapshot 模式，文件只增不改时请用 append 模式',
    },
  },
  JSON_BROKEN: {
    recovery: 'retry',
    cause: 'source-wrong:content',
    en: {
      fact: '{file} is not valid JSON at byte {offset}: {problem}',
      hint: 'ask the department for the document again; nothing was changed in the store',
    },
    zh: {
      fact: '{file} 在第 {offset} 字节处不是合法的 JSON：{problem}',
      hint: '请要求部门重新提供该文档；存储库未作任何改动',
    },
  },
  JSON_TRUNCATED: {
    recovery: 'retry',
    cause: 'source-wrong:truncated',
    en: {
      fact: '{file} ends at byte {offset} in the middle of the document: {problem}',
      hint: 'ask the department for the whole document; nothing was changed in the store',
    },
    zh: {
      fact: '{file} 在第 {offset} 字节处中断，文档不完整：{problem}',
      hint: '请要求部门提供完整文档；存储库未作任何改动',
    },
  },
  JSON_NO_RECORDS: {
    recovery: 'abort',
    cause: 'source-wrong:schema',
    en: {
      fact: '{file} has no array at "{path}": {problem}',
      hint: 'set the path to the array that holds the records, for example "data.rows"',
    },
    zh: {
      fact: '{file} 在 "{path}" 处没有数组：{problem}',
      hint: '请把路径设为存放记录的数组，例如 "data.rows"',
    },
  },
  EXCEL_BROKEN: {
    recovery: 'retry',
    cause: 'source-wrong:content',
    en: {
      fact: 'the workbook {file} cannot be read: {problem}',
      hint: 'open it in Excel or WPS and save it again as .xlsx, or ask the department for it again',
    },
    zh: {
      fact: '工作簿 {file} 无法读取：{problem}',
      hint: '请用 Excel 或 WPS 打开并另存为 .xlsx，或要求部门重新提供',
    },
  },
  EXCEL_TOO_LARGE: {
    recovery: 'abort',
    cause: 'source-wrong:content',
    en: {
      fact: 'the workbook {file} unpacks to more than is allowed: {problem}',
      hint: 'make sure that the file comes from the department, and ask for it in several parts or as CSV',
    },
    zh: {
      fact: '工作簿 {file} 解压后超出限制：{problem}',
      hint: '请确认文件确由部门提供，并要求分卷或以 CSV 提供',
    },
  },
  EXCEL_NO_SHEET: {
    recovery: 'abort',
    cause: 'source-wrong:schema',
    en: {
      fact: 'the workbook {file} has no sheet {sheet}; its sheets: {sheets}',
      hint: 'set "sheet" of the harvest to one of these names, or to its number from 1',
    },
    zh: {
      fact: '工作簿 {file} 中没有工作表 {sheet}；现有：{sheets}',
      hint: '请将归集任务的 "sheet" 设为其中一个名称，或从 1 开始的序号',
    },
  },
} satisfies Record<string, ErrorEntry>
