/** What a column of a published list can hold, with the words its header is known by. */
export const listFields = {
  department: `部门 部门名称 提供单位 提供部门 责任部门 责任单位 数源部门 数源单位 数据提供单位 数据提供部门 数据提供方 信息资源提供方
    资源提供方 资源提供部门 单位名称 牵头部门 主管部门 department`,
  name: `共享信息名称 共享信息 信息资源名称 数据资源名称 资源名称 数据目录名称 目录名称 数据集名称 政务信息资源名称 政务数据名称 数据名称
    事项名称 name dataset`,
  items:
    '数据项 数据项名称 信息项 信息项名称 信息项信息 共享数据项 共享信息项 主要数据项 数据项内容 共享内容 字段 字段名称 items',
  sharingType: '共享类型 共享属性 共享类别 sharingtype',
  cycle: '更新周期 更新频率 数据更新周期 数据更新频率 更新频度 cycle updatecycle',
  methods: '共享方式 共享途径 提供方式 sharingmethods',
  conditions: '使用条件 共享条件 使用要求 conditions',
  scope: '共享范围 scope',
  purpose: '使用用途 共享用途 用途 purpose',
  reason: '不予共享理由 不予共享原因 不共享理由 理由 reason',
  legalBasis: '不予共享依据 法律依据 依据 共享依据 legalbasis',
  format: '数据格式 资源格式 信息资源格式 信息资源格式分类 format',
  class: '分类 数据分类 资源分类 信息资源分类 class',
  level: '分级 数据分级 安全等级 数据级别 安全级别 level',
  grading: '分类分级 数据分类分级 分级分类',
  resourceCode: '资源代码 信息资源代码 目录代码 目录编码 资源编码 resourcecode',
  summary: '摘要 信息资源摘要 资源摘要 数据摘要 描述 说明 summary',
  note: '备注 备注说明 note remarks',
  number: '序号 编号 no',
} as const

export type ListField = keyof typeof listFields

const fieldOf = new Map<string, ListField>(
  Object.entries(listFields).flatMap(([field, words]) =>
    words.split(/\s+/).map((word): [string, ListField] => [word, field as ListField]),
  ),
)

export interface ListHeader {
  /** Index of the first row below the header. */
  readonly firstEntry: number
  /** Column index by field. */
  readonly columns: ReadonlyMap<ListField, number>
  /** Header texts that are not understood: their columns are not read. */
  readonly ignored: readonly string[]
}

/**
 * Finds the header below any title rows: the first row that names the datasets and the departments. A second header
 * row, as below a merged 共享属性, is joined to it.
 */
export function findHeader(rows: readonly (readonly string[])[]): ListHeader | undefined {
  const index = rows.slice(0, 50).findIndex((row) => {
    const fields = row.map(readHeader)
    return fields.includes('name') && fields.includes('department')
  })
  const upper = rows[index]
  if (!upper) return undefined
  const lower = rows[index + 1] ?? []
  const two = isSecondRow(upper, lower)
  const width = Math.max(upper.length, two ? lower.length : 0)
  const texts = Array.from({ length: width }, (_, column) => {
    const below = two ? (lower[column] ?? '').trim() : ''
    return below === '' ? (upper[column] ?? '') : below
  })
  return { firstEntry: index + (two ? 2 : 1), ...mapColumns(texts) }
}

function mapColumns(texts: readonly string[]): Pick<ListHeader, 'columns' | 'ignored'> {
  const columns = new Map<ListField, number>()
  const ignored: string[] = []
  for (const [column, text] of texts.entries()) {
    const field = readHeader(text)
    if (field && !columns.has(field)) columns.set(field, column)
    else if (text.trim() !== '') ignored.push(text.trim())
  }
  return { columns, ignored }
}

/** Only header words, and nothing where the datasets are named. */
function isSecondRow(upper: readonly string[], lower: readonly string[]): boolean {
  const name = upper.findIndex((text) => readHeader(text) === 'name')
  const written = lower.filter((text) => text.trim() !== '')
  return written.length > 0 && (lower[name] ?? '').trim() === '' && written.every((text) => readHeader(text))
}

/** `更新周期（必填）`, `*更新 周期`: the same header. */
function readHeader(text: string): ListField | undefined {
  const bare = text
    .normalize('NFKC')
    .replace(/\([^)]*\)|\[[^\]]*\]|【[^】]*】/g, '')
    .replace(/[\s*:：]/g, '')
    .toLowerCase()
  return fieldOf.get(bare)
}
