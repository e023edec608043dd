import type { Dataset, Department, Item } from '../list/types.ts'

const synthetic = '合成数据,仅供演示'

/** How soon after its period each cycle owes its data. Absent: the defaults of the documents. */
const terms: Readonly<Record<string, Readonly<Record<string, unknown>>>> = {
  实时: { maxLag: 'PT15M' },
  每小时: { grace: { hours: 1 } },
  每日: { dueTime: '08:00', grace: { hours: 4 } },
  每周: { dueTime: '18:00', grace: { workingDays: 1 } },
  每旬: { dueTime: '18:00', dueAfterDays: 2, grace: { workingDays: 1 } },
  每半月: { dueTime: '18:00', dueAfterDays: 3, grace: { workingDays: 2 } },
  每月: { dueTime: '18:00', dueAfterDays: 5, grace: { workingDays: 3 } },
  每季度: { dueTime: '18:00', dueAfterDays: 10, grace: { workingDays: 5 } },
  每半年: { dueTime: '18:00', dueAfterDays: 15, grace: { workingDays: 5 } },
  每年: { dueTime: '18:00', dueAfterDays: 31, grace: { workingDays: 10 } },
}

/** `catalog/<department>.yaml`: what the department owes. `from` is the day from which the promises hold. */
export function catalogDocument(department: Department, datasets: readonly Dataset[], from: string): object {
  return {
    department: {
      code: department.code,
      name: department.name,
      contact: { name: '数据共享专员(合成)', phone: '0318-2000000' },
    },
    datasets: datasets.map((dataset) => datasetEntry(dataset, from)),
  }
}

function datasetEntry(dataset: Dataset, from: string): object {
  const sharing = dataset.sharing ?? dataset.department.sharing
  return {
    code: dataset.code,
    name: dataset.name,
    resourceCode: dataset.resourceCode,
    summary: dataset.summary ?? synthetic,
    format: formatOf(dataset),
    sharing: {
      ...sharing,
      type: { unconditional: '无条件共享', conditional: '有条件共享', none: '不予共享' }[sharing.type],
    },
    grading: gradingOf(dataset),
    commitment: { cycle: dataset.cycle, from, ...terms[dataset.cycle] },
    items: dataset.items.map(itemEntry),
    ...partitionOf(dataset),
  }
}

function formatOf(dataset: Dataset): string {
  switch (dataset.source.kind) {
    case 'postgres':
      return 'database'
    case 'http-json':
      return 'api'
    case 'excel':
      return 'spreadsheet'
    default:
      return 'text'
  }
}

function gradingOf(dataset: Dataset): object {
  const personal = dataset.items.some((item) => item.semantic === 'idcard')
  const about = dataset.items.some((item) => item.semantic === 'uscc') ? '法人信息' : '公共资源信息'
  return { class: personal ? '个人信息' : about, level: personal ? 'important' : 'general' }
}

/** What the document says about an item; how it is read and made stays out. */
function itemEntry(item: Item): object {
  const {
    field: _field,
    map: _map,
    shift: _shift,
    write: _write,
    code,
    name,
    type,
    key,
    required,
    ...rest
  } = item
  return {
    code,
    name,
    type,
    ...(key === true ? { key } : {}),
    ...(required === true ? { required } : {}),
    ...rest,
  }
}

/** Events go into one partition per month. */
function partitionOf(dataset: Dataset): object {
  if (dataset.mode !== 'append') return {}
  const time = dataset.items.find((item) => item.type === 'datetime')
  return time === undefined ? {} : { partition: { by: time.code, every: 'month' } }
}
