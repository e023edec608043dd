import { semanticTypes } from '../../catalog-schema/vocabulary/semantic-types.ts'
import type { VocabularyName } from '../../catalog-schema/vocabulary/words.ts'
import { titleOf } from '../../catalog-schema/vocabulary/words.ts'
import type { Language } from '../errors/table.ts'
import { reservedDepartments, reservedItems } from '../workspace/check-codes.ts'
import type { Remark } from './document-text.ts'
import { unfinished, writeYaml } from './document-text.ts'
import type { ListEntry, TextField } from './list-entries.ts'
import { uniqueCode } from './transliterate.ts'

/** A file to be written, relative to the workspace. */
export interface NewFile {
  readonly file: string
  readonly text: string
}

type Path = Remark['path']
type Text = { readonly en: string; readonly zh: string }

/** One `catalog/<department>.yaml` per department of the list, in the list's order. */
export function writeDepartments(entries: readonly ListEntry[], language: Language): NewFile[] {
  const departmentCodes = new Set(reservedDepartments)
  const datasetCodes = new Set<string>()
  const names = [...new Set(entries.map((entry) => entry.department))]
  return names.map((name) => {
    const code = uniqueCode(name, departmentCodes, 32)
    const remarks: Remark[] = []
    const datasets = entries
      .filter((entry) => entry.department === name)
      .map((entry, index) => {
        const writer = createWriter(['datasets', index], remarks, language)
        return datasetOf(entry, uniqueCode(entry.name, datasetCodes, 40), writer)
      })
    const text = writeYaml({ department: { code, name }, datasets }, remarks, headings[language])
    return { file: `catalog/${code}.yaml`, text }
  })
}

const headings: Readonly<Record<Language, string>> = {
  zh: '由已发布的责任清单生成。标有“待补”之处清单未载明，请逐一补充并删去注释。',
  en: 'Made from the published list. What it does not say is marked 待补: fill it in and remove the comment.',
}

/** Writes values in the workspace's language and remarks what the list leaves open. */
interface Writer {
  readonly word: <N extends VocabularyName>(vocabulary: N, code: Parameters<typeof titleOf<N>>[1]) => string
  /** The value, or the placeholder with a remark at the path. */
  readonly or: (value: string | undefined, placeholder: string, path: Path, text: Text) => string
  readonly remark: (path: Path, text: Text) => void
  /** A plain comment, which is nothing to fill in. */
  readonly note: (path: Path, text: string) => void
}

function createWriter(base: Path, remarks: Remark[], language: Language): Writer {
  const remark: Writer['remark'] = (path, text) => {
    remarks.push(unfinished([...base, ...path], text, language))
  }
  return {
    word: (vocabulary, code) => titleOf(vocabulary, code, language),
    or: (value, placeholder, path, text) => {
      if (value === undefined) remark(path, text)
      return value ?? placeholder
    },
    remark,
    note: (path, text) => {
      remarks.push({ path: [...base, ...path], text })
    },
  }
}

const toFill = '待补'

function datasetOf(entry: ListEntry, code: string, writer: Writer): Record<string, unknown> {
  const { word, or } = writer
  const { resourceCode, summary, note } = entry.texts
  if (note !== undefined) writer.note(['name'], note.replace(/\s+/g, ' '))
  return {
    code,
    name: entry.name,
    ...(resourceCode !== undefined && { resourceCode }),
    ...(summary !== undefined && { summary }),
    format: or(
      entry.format && word('dataFormats', entry.format),
      word('dataFormats', 'database'),
      ['format'],
      {
        en: 'data format',
        zh: '数据格式',
      },
    ),
    sharing: sharingOf(entry, writer),
    grading: {
      class: or(entry.class, toFill, ['grading', 'class'], { en: 'class', zh: '数据分类' }),
      level: or(
        entry.level && word('gradingLevels', entry.level),
        word('gradingLevels', 'general'),
        ['grading', 'level'],
        { en: 'level', zh: '数据分级' },
      ),
    },
    commitment: or(entry.cycle && word('cycles', entry.cycle), word('cycles', 'other'), ['commitment'], {
      en: 'update cycle; no clock runs until it is written',
      zh: '更新频率；补齐之前不计时',
    }),
    items: itemsOf(entry, writer),
  }
}

/** Without a sharing type the entry is conditional: nobody is let in before its scope is written. */
function sharingOf(entry: ListEntry, { word, or, remark }: Writer): Record<string, unknown> {
  const type = entry.sharingType ?? 'conditional'
  if (entry.sharingType === undefined) remark(['sharing', 'type'], { en: 'sharing type', zh: '共享属性' })
  if (!entry.methods) remark(['sharing', 'methods'], { en: 'sharing methods', zh: '共享方式' })
  const text = (field: TextField, title: Text, needed: boolean) => {
    const written = entry.texts[field]
    if (!needed && written === undefined) return {}
    return { [field]: or(written, toFill, ['sharing', field], title) }
  }
  return {
    type: word('sharingTypes', type),
    methods: (entry.methods ?? ['batch']).map((method) => word('sharingMethods', method)),
    ...text('conditions', { en: 'conditions of use', zh: '使用条件' }, true),
    ...text('scope', { en: 'sharing scope', zh: '共享范围' }, type === 'conditional'),
    ...text('purpose', { en: 'purpose of use', zh: '使用用途' }, type === 'conditional'),
    ...text('reason', { en: 'reason for not sharing', zh: '不予共享理由' }, type === 'none'),
    ...text('legalBasis', { en: 'legal basis for not sharing', zh: '不予共享依据' }, type === 'none'),
  }
}

/** A list says neither types nor keys: all items are texts until somebody writes more. */
function itemsOf(entry: ListEntry, writer: Writer): Record<string, unknown>[] {
  const taken = new Set(reservedItems)
  if (entry.items.length === 0) {
    writer.remark(['items', 0, 'name'], { en: 'data items', zh: '数据项' })
    return [{ code: 'item', name: toFill }]
  }
  writer.remark(['items', 0], {
    en: 'write key: true at the items that identify a record, and the types',
    zh: '在标识记录的数据项上写 key: true，并写明各项类型',
  })
  return entry.items.map((name) => {
    const bare = name.replace(/[（(].*[)）]$/, '')
    const semantic = Object.entries(semanticTypes).find(([, one]) => one.zh === bare)?.[0]
    return { code: uniqueCode(name, taken, 40), name, ...(semantic !== undefined && { semantic }) }
  })
}
