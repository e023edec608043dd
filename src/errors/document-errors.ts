import type { ErrorEntry } from './table.ts'

/**
 * Errors in what an administrator wrote: workspace documents, published lists, command-line words. `{suggestion}` is
 * the nearest valid word as a sentence, empty where nothing is near.
 */
export const documentErrors = {
  DOCUMENT_INVALID: {
    recovery: 'abort',
    en: {
      fact: '{count} problem(s) in {path}',
      hint: 'mend each place listed and run the command again',
    },
    zh: { fact: '{path} 中有 {count} 处问题', hint: '逐一修正列出的位置后重新运行' },
  },
  DOCUMENT_MISSING: {
    recovery: 'abort',
    en: {
      fact: 'there is no {found}',
      hint: 'run "guiji init" here, or give the workspace with --workspace',
    },
    zh: { fact: '找不到 {found}', hint: '请在此运行 "guiji init"，或用 --workspace 指定工作区' },
  },
  DOCUMENT_TWICE: {
    recovery: 'abort',
    en: { fact: '{found} says the same as {other}', hint: 'keep one of the two files' },
    zh: { fact: '{found} 与 {other} 是同一份文档', hint: '两个文件只保留一个' },
  },
  DOCUMENT_UNREADABLE: {
    recovery: 'abort',
    en: { fact: 'the file cannot be read: {found}', hint: 'save it as UTF-8 text that this user may read' },
    zh: { fact: '文件无法读取：{found}', hint: '请存为当前用户可读的 UTF-8 文本' },
  },
  DOCUMENT_UNFINISHED: {
    recovery: 'skip',
    en: { fact: 'still to be filled in: {found}', hint: 'write the real value and remove the comment' },
    zh: { fact: '待补：{found}', hint: '填入真实内容并删去注释' },
  },
  YAML_TAB: {
    recovery: 'abort',
    en: { fact: 'a tab is used as indentation', hint: 'indent with spaces' },
    zh: { fact: '缩进中使用了制表符', hint: '请改用空格缩进' },
  },
  YAML_DUPLICATE_KEY: {
    recovery: 'abort',
    en: {
      fact: 'the key "{found}" stands twice, first at {other}',
      hint: 'keep one of the two, or rename one',
    },
    zh: { fact: '键“{found}”重复，首次出现在 {other}', hint: '只保留一个，或改名' },
  },
  YAML_SYNTAX: {
    recovery: 'abort',
    en: { fact: 'this is not valid YAML: {found}', hint: 'expected {expected}' },
    zh: { fact: 'YAML 语法有误：{found}', hint: '应为{expected}' },
  },
  PROPERTY_UNKNOWN: {
    recovery: 'abort',
    en: {
      fact: 'unknown property "{found}" in {where}',
      hint: '{suggestion}the properties are: {expected}',
    },
    zh: { fact: '{where} 中有未知属性“{found}”', hint: '{suggestion}可用属性：{expected}' },
  },
  PROPERTY_MISSING: {
    recovery: 'abort',
    en: { fact: '{where} has no "{expected}" ({title})', hint: 'write {expected}' },
    zh: { fact: '{where} 缺少“{expected}”（{title}）', hint: '请补上 {expected}' },
  },
  PROPERTY_CHOICE: {
    recovery: 'abort',
    en: {
      fact: '{where} must be given in one of several ways, and has: {found}',
      hint: 'write either {expected}',
    },
    zh: { fact: '{where} 只能以一种方式填写，现有：{found}', hint: '请写 {expected}' },
  },
  VALUE_TYPE: {
    recovery: 'abort',
    en: { fact: '{where} ({title}) is {found}', hint: 'expected {expected}' },
    zh: { fact: '{where}（{title}）的值是 {found}', hint: '应为{expected}' },
  },
  VALUE_TEXT: {
    recovery: 'abort',
    en: { fact: '{where} ({title}) is {found}, not a text', hint: 'put it in quotes: "{found}"' },
    zh: { fact: '{where}（{title}）的值是 {found}，不是文本', hint: '请加引号："{found}"' },
  },
  VALUE_FORM: {
    recovery: 'abort',
    en: { fact: '{where} ({title}) is "{found}"', hint: '{suggestion}expected {expected}' },
    zh: { fact: '{where}（{title}）的值是“{found}”', hint: '{suggestion}应为{expected}' },
  },
  WORD_UNKNOWN: {
    recovery: 'abort',
    en: {
      fact: 'unknown word "{found}" for {where} ({title})',
      hint: '{suggestion}write one of: {expected}',
    },
    zh: { fact: '{where}（{title}）的用词“{found}”无法识别', hint: '{suggestion}可用：{expected}' },
  },
  CODE_TWICE: {
    recovery: 'abort',
    en: {
      fact: 'the {kind} code "{found}" is already used at {other}',
      hint: 'give one of the two another code',
    },
    zh: { fact: '{kind}代码“{found}”已在 {other} 使用', hint: '请更换其中一个代码' },
  },
  CODE_RESERVED: {
    recovery: 'abort',
    en: { fact: 'the {kind} code "{found}" is reserved', hint: 'choose another code; reserved: {expected}' },
    zh: { fact: '{kind}代码“{found}”是保留字', hint: '请换一个代码；保留的有：{expected}' },
  },
  REFERENCE_UNKNOWN: {
    recovery: 'abort',
    en: { fact: '{where} names the unknown {kind} "{found}"', hint: '{suggestion}known: {expected}' },
    zh: { fact: '{where} 引用了不存在的{kind}“{found}”', hint: '{suggestion}已有：{expected}' },
  },
  PARENT_CYCLE: {
    recovery: 'abort',
    en: { fact: 'department "{found}" is its own ancestor', hint: 'remove one parent of {expected}' },
    zh: { fact: '部门“{found}”成了自己的上级', hint: '请去掉 {expected} 中的一个 parent' },
  },
  RULE_UNSAFE: {
    recovery: 'abort',
    en: { fact: 'the rule has {found}', hint: 'write {expected}' },
    zh: { fact: '规则中有{found}', hint: '请写成{expected}' },
  },
  HARVEST_TWICE: {
    recovery: 'abort',
    en: {
      fact: 'dataset "{found}" already has a harvest at {other}',
      hint: 'a dataset has one harvest: remove one of the two',
    },
    zh: {
      fact: '共享信息“{found}”已在 {other} 有归集任务',
      hint: '一项共享信息只有一个归集任务：请删去其一',
    },
  },
  HARVEST_KEY_MISSING: {
    recovery: 'abort',
    en: {
      fact: 'the incremental harvest of "{found}" needs a key, and no item of the dataset is one',
      hint: 'write key: true at the items that identify a record (dataset at {other}), or use mode: snapshot',
    },
    zh: {
      fact: '“{found}”是增量归集，需要主键，但没有数据项是主键',
      hint: '请在标识记录的数据项上写 key: true（共享信息在 {other}），或改用 mode: snapshot',
    },
  },
  HARVEST_CURSOR_MISSING: {
    recovery: 'abort',
    en: {
      fact: 'the incremental harvest of "{found}" has no cursor',
      hint: 'write cursor: with the source field that only grows',
    },
    zh: { fact: '“{found}”是增量归集，但没有 cursor', hint: '请用 cursor: 写明只增不减的源字段' },
  },
  SECRET_LITERAL: {
    recovery: 'abort',
    en: {
      fact: '{where} ({title}) holds a secret in plain text',
      hint: 'write a reference instead: env:NAME or file:/path',
    },
    zh: { fact: '{where}（{title}）直接写入了密钥', hint: '请改为引用：env:变量名 或 file:/路径' },
  },
  SECRET_MISSING: {
    recovery: 'abort',
    cause: 'platform-failed',
    en: {
      fact: 'the secret {reference} cannot be read: {reason}',
      hint: 'set the variable or create the file, then run the command again',
    },
    zh: { fact: '无法读取密钥 {reference}：{reason}', hint: '请设置该变量或创建该文件后重新运行' },
  },
  WORKSPACE_EXISTS: {
    recovery: 'abort',
    en: { fact: '{path} is there already', hint: 'choose another directory; nothing was written' },
    zh: { fact: '{path} 已存在', hint: '请换一个目录；未写入任何文件' },
  },
  LIST_FORMAT_UNKNOWN: {
    recovery: 'abort',
    en: { fact: 'the list {path} is neither .csv nor .xlsx', hint: 'save it as .xlsx or .csv' },
    zh: { fact: '清单 {path} 不是 .csv 或 .xlsx 文件', hint: '请另存为 .xlsx 或 .csv' },
  },
  LIST_ENCODING: {
    recovery: 'abort',
    en: { fact: 'the list {path} is neither UTF-8 nor GB18030', hint: 'save it as UTF-8' },
    zh: { fact: '清单 {path} 既不是 UTF-8 也不是 GB18030 编码', hint: '请另存为 UTF-8' },
  },
  LIST_HEADER_MISSING: {
    recovery: 'abort',
    en: { fact: 'no header row with {expected} was found', hint: 'the words read were: {found}' },
    zh: { fact: '没有找到包含 {expected} 的表头行', hint: '读到的内容：{found}' },
  },
  LIST_EMPTY: {
    recovery: 'abort',
    en: { fact: 'there is no entry below the header row', hint: 'give the sheet that holds the list' },
    zh: { fact: '表头行下没有任何条目', hint: '请给出含有清单内容的工作表' },
  },
  LIST_WORD_UNKNOWN: {
    recovery: 'abort',
    en: {
      fact: 'unknown word "{found}" in row {row}, column {column} ({title})',
      hint: '{suggestion}write one of: {expected}',
    },
    zh: {
      fact: '第 {row} 行 {column} 列（{title}）的用词“{found}”无法识别',
      hint: '{suggestion}可用：{expected}',
    },
  },
  LIST_CELL_EMPTY: {
    recovery: 'abort',
    en: { fact: 'the cell "{title}" is empty', hint: 'write {expected}' },
    zh: { fact: '单元格“{title}”为空', hint: '请填写{expected}' },
  },
  LIST_QUOTE_OPEN: {
    recovery: 'abort',
    en: { fact: 'a quote that begins here is never closed', hint: 'close the quote, or save the list again' },
    zh: { fact: '此处开始的引号没有结束', hint: '请补上引号，或重新另存清单' },
  },
} satisfies Record<string, ErrorEntry>
