import type { Language } from '../errors/table.ts'
import type { NewFile } from './list-documents.ts'

/** `guiji.yaml` of a new workspace. */
export function writeSettings(name: string, language: Language): NewFile {
  const zh = language === 'zh'
  return {
    file: 'guiji.yaml',
    text: `# ${zh ? '工作区设置。改动任何文档后运行 guiji apply 生效。' : 'Settings of the workspace. Run "guiji apply" after any change of a document.'}
name: ${JSON.stringify(name)}
language: ${language}
# ${zh ? '承诺按此时区和工作日历计算。' : 'Promises are read in this time zone and working-day calendar.'}
timeZone: Asia/Shanghai
calendar: cn
# ${zh ? '不写 store 时使用 .guiji/ 中的内置 PostgreSQL。' : 'Without a store the PostgreSQL inside .guiji/ is used.'}
# store:
#   url: env:GUIJI_STORE_URL
# ${zh ? 'HTTP 接口默认只访问公网地址；内部网络须在此声明。' : 'HTTP interfaces are asked at public addresses only; declare your own network here.'}
# outbound:
#   allow: [10.0.0.0/8]
`,
  }
}

/** The runtime folder is never committed: it holds the embedded store and its password. */
export const ignoreFile: NewFile = { file: '.gitignore', text: '.guiji/\n' }

/** One example of each document, commented out: remove the leading `# ` of a block to use it. */
export function writeExamples(language: Language): NewFile[] {
  const lines = language === 'zh' ? examplesZh : examplesEn
  return Object.entries(lines).map(([file, text]) => ({
    file,
    text: text
      .trim()
      .split('\n')
      .map((line) => (line === '' ? '#' : `# ${line}`))
      .join('\n')
      .concat('\n'),
  }))
}

const examplesZh: Readonly<Record<string, string>> = {
  'catalog/example.yaml': `
# 一个部门及其共享信息。去掉每行开头的“# ”即可使用。
department:
  code: gongan            # 也是分析人员看到的模式名
  name: 市公安局
datasets:
  - code: hukou
    name: 户籍人口基本信息
    format: 数据库         # 数据库 电子表格 文本文件 电子文件 图形图像 流媒体 服务接口
    sharing:
      type: 有条件共享     # 无条件共享 有条件共享 不予共享
      methods: [批量交换]  # 服务接口 批量交换 文件下载
      conditions: 依法履职需要
      scope: 市级各部门     # 有条件共享必填
      purpose: 政务服务事项办理
    grading: {class: 人口, level: 一般}
    commitment: 每日       # 或 {cycle: 每日, dueTime: "08:00", grace: {workingDays: 2}}
    items:
      - {code: citizen_id, name: 公民身份号码, key: true, semantic: idcard}
      - {code: full_name, name: 姓名, required: true}
      - {code: birth_date, name: 出生日期, type: date}
`,
  'sources/example.yaml': `
# 一个源系统。密钥只写引用：env:变量名 或 file:/路径。
source:
  code: gongan_files
  name: 公安局文件交换目录
  department: gongan
  kind: csv
  config:
    root: drops/gongan
`,
  'harvests/example.yaml': `
# 从哪里、如何取得一项共享信息。未列出的数据项取同名源字段。
harvests:
  - dataset: hukou
    source: gongan_files
    read: {file: "hukou-*.csv"}
    items:
      citizen_id: 身份证号
      birth_date: {from: 出生日期, format: yyyy年M月d日, nulls: ["0000-00-00"]}
`,
}

const examplesEn: Readonly<Record<string, string>> = {
  'catalog/example.yaml': `
# A department and its datasets. Remove the leading "# " of each line to use it.
department:
  code: police            # also the name of the analysts' schema
  name: Police Bureau
datasets:
  - code: residents
    name: Registered residents
    format: database      # database spreadsheet text document image stream api
    sharing:
      type: conditional   # unconditional conditional none
      methods: [batch]    # api batch file
      conditions: statutory duties
      scope: all city departments      # needed where sharing is conditional
      purpose: government services
    grading: {class: population, level: general}
    commitment: daily     # or {cycle: daily, dueTime: "08:00", grace: {workingDays: 2}}
    items:
      - {code: citizen_id, name: Citizen number, key: true, semantic: idcard}
      - {code: full_name, name: Name, required: true}
      - {code: birth_date, name: Date of birth, type: date}
`,
  'sources/example.yaml': `
# A source system. Secrets are references only: env:NAME or file:/path.
source:
  code: police_files
  name: Drop folder of the Police Bureau
  department: police
  kind: csv
  config:
    root: drops/police
`,
  'harvests/example.yaml': `
# Where a dataset comes from, and how. Items that are not listed are filled from the field of their own code.
harvests:
  - dataset: residents
    source: police_files
    read: {file: "residents-*.csv"}
    items:
      citizen_id: id_number
      birth_date: {from: born, format: yyyy-MM-dd, nulls: ["0000-00-00"]}
`,
}
