import { appendFile, symlink, utimes, writeFile } from 'node:fs/promises'
import path from 'node:path'
import { describe, expect, it } from 'vitest'
import { readAll } from '../../../conformance/reading.ts'
import { folderWith, listCsv, readCsv } from './reading-of.ts'

const gb18030 = (hex: string) => Buffer.from(hex, 'hex')
/** `名称,值` and `中国,1` in GB18030. */
const chinese = Buffer.concat([gb18030('c3fbb3c62cd6b50a'), gb18030('d6d0b9fa2c310a')])

describe('encodings', () => {
  it('finds GB18030 by itself and offers COPY its bytes', async () => {
    const read = await readCsv(chinese)
    expect(read).toMatchObject({
      fields: ['名称', '值'],
      values: [['中国', '1']],
      copy: { encoding: 'GB18030' },
    })
  })

  it('looks behind a first MiB that is pure ASCII', async () => {
    const ascii = `a,b\n${'1,x\n'.repeat(300_000)}`
    const read = await readCsv(Buffer.concat([Buffer.from(ascii), gb18030('d6d0b9fa2c310a')]))
    expect(read.values.at(-1)).toEqual(['中国', '1'])
  })

  it('is not misled by a character that the first MiB cuts in two', async () => {
    const read = await readCsv(`a\n${'中'.repeat(349_524)}\n中\n`)
    expect(read.copy?.encoding).toBe('UTF8')
    expect(read.values.at(-1)).toEqual(['中'])
  })

  it('does not take UTF-8 with a damaged byte for GB18030', async () => {
    const content = Buffer.concat([
      Buffer.from(`名称\n${'中国\n'.repeat(20)}`),
      Buffer.from([0xe4, 0xb8, 0x0a]),
    ])
    expect((await readCsv(content)).values.slice(-2)).toEqual([['中国'], 'encoding'])
  })

  it.each([
    ['utf-8', Buffer.from('\ufeff"名""称",值\n中国,1\n')],
    ['utf-16le', Buffer.from('\ufeff"名""称",值\n中国,1\n', 'utf16le')],
    ['utf-16be', Buffer.from('\ufeff"名""称",值\n中国,1\n', 'utf16le').swap16()],
  ])('passes over the byte order mark of %s', async (_, content) => {
    expect(await readCsv(content)).toMatchObject({
      fields: ['名"称', '值'],
      values: [['中国', '1']],
      lines: [2],
    })
  })

  it('reads UTF-16 of many blocks', async () => {
    const rows = Array.from({ length: 120_000 }, (_, at) => `${at},"名称\n${at}"`)
    const read = await readCsv(Buffer.from(`id,name\n${rows.join('\n')}\n`, 'utf16le'), {
      encoding: 'utf-16le',
    })
    expect(read.records.length).toBe(rows.length)
    expect(read.values.at(-1)).toEqual(['119999', '名称\n119999'])
    expect(read.lines.at(-1)).toBe(2 * 119_999 + 2)
    expect(read.copy).toBeUndefined()
  })

  it('rejects records with bytes that are not valid, and only those', async () => {
    const content = Buffer.concat([Buffer.from('a,b\n1,'), Buffer.from([0xff, 0x0a]), Buffer.from('2,x\n')])
    expect((await readCsv(content, { encoding: 'utf-8' })).values).toEqual(['encoding', ['2', 'x']])
    const wide = Buffer.from('a,b\n1,\ud800\n2,x\n', 'utf16le')
    expect((await readCsv(wide, { encoding: 'utf-16le' })).values).toEqual(['encoding', ['2', 'x']])
  })

  it('refuses a header that the declared encoding does not fit, naming both', async () => {
    await expect(readCsv(chinese, { encoding: 'utf-8' })).rejects.toThrow(
      /FILE_ENCODING.*a\.csv is not utf-8/,
    )
    await expect(readCsv('\ufeffa\n1\n', { encoding: 'gb18030' })).rejects.toThrow(/byte order mark of utf-8/)
  })
})

describe('records', () => {
  it('tells an empty field from an empty text, as COPY does', async () => {
    expect((await readCsv('a,b,c\n,"",x\n')).values).toEqual([[null, '', 'x']])
  })

  it.each([
    ['ragged', '1'],
    ['ragged', '1,2,3'],
    ['malformed', '1,a"b'],
    ['malformed', '1,"a"b'],
    ['malformed', '1,"ab'],
    ['malformed', '1,a\rb'],
    ['nul', '1,a\0b'],
  ])('calls %s what is (%j), and reads on', async (reason, record) => {
    const read = await readCsv(`a,b\n${record}\n2,x\n`)
    expect(read.values).toEqual([reason, ['2', 'x']])
    expect(read.lines).toEqual([2, 3])
    expect(read.records[0]?.raw.toString()).toBe(record)
  })

  it('says how many fields were found and how many expected', async () => {
    const { records } = await readCsv('a,b\n1,2,3\n')
    expect(records[0]?.fields).toMatchObject({ message: 'found 3 fields, expected 2', value: '1,2,3' })
  })

  it('names the line of a record after multi-line records, empty and skipped lines', async () => {
    const read = await readCsv('note\nnote\na,b\n\n1,"x\ny"\n\n2,z\n', { skipLines: 2 })
    expect(read.fields).toEqual(['a', 'b'])
    expect(read.lines).toEqual([5, 8])
  })

  it('reads other delimiters and quotes, and files without header', async () => {
    const read = await readCsv("1|'a|b'\n2|c\n", {
      delimiter: '|',
      quote: "'",
      header: false,
      columns: ['n', 't'],
    })
    expect(read).toMatchObject({ fields: ['n', 't'], lines: [1, 2] })
    expect(read.values).toEqual([
      ['1', 'a|b'],
      ['2', 'c'],
    ])
    expect(read.copy).toMatchObject({ format: 'csv', delimiter: '|', quote: "'" })
  })
})

describe('ends', () => {
  it('takes a header alone for a complete listing of nothing', async () => {
    expect(await readCsv('a,b')).toMatchObject({ values: [], end: { complete: true } })
  })

  it.each(['1,x\n2', '1,x\n2,"y', '1,"x\n2,y', '1,x\n2,"y\n', '1,"x\ny\n'])(
    'does not take %j for complete',
    async (content) => {
      expect((await readCsv(`a,b\n${content}`)).end).toMatchObject({ complete: false, reason: /line/ })
    },
  )

  it('calls a stray quote in the middle a bad record of a complete file', async () => {
    expect((await readCsv('a,b\n1,"x\n2,y\n')).end.complete).toBe(true)
  })

  it.each(['', '\ufeff', '\n\n'])('refuses a file without header (%j) as empty', async (content) => {
    await expect(readCsv(content)).rejects.toMatchObject({ code: 'FILE_EMPTY', blame: 'source-wrong:empty' })
  })

  it('takes zero bytes for no records where no header is due', async () => {
    const read = await readCsv('', { header: false, columns: ['a'] })
    expect(read).toMatchObject({ values: [], end: { complete: true } })
  })
})

describe('headers', () => {
  it.each([
    ['a,,c', /column 2 of 3 has no name/],
    ['a,b,a', /the name a occurs twice/],
    ['a,"b', /never closed/],
  ])('refuses %j', async (header, problem) => {
    await expect(readCsv(`${header}\n1,2,3\n`)).rejects.toThrow(problem)
  })

  it('brings files with columns in another order into one, without COPY', async () => {
    await using folder = await folderWith({ 'd/1.csv': 'a,b\n1,2\n', 'd/2.csv': 'b,x,a\n4,9,3\n' })
    await using listing = await listCsv(folder, { file: 'd/*.csv' }, { fields: ['a'] })
    expect(listing.copy).toBeUndefined()
    expect(listing.fields).toEqual(['a', 'b'])
    const records = await readAll(listing)
    expect(records.map(({ fields, place }) => [fields, place.file])).toEqual([
      [['1', '2'], 'd/1.csv'],
      [['3', '4'], 'd/2.csv'],
    ])
  })

  it('names the file that lacks a column which others have', async () => {
    await using folder = await folderWith({ '1.csv': 'a,b\n', '2.csv': 'a,c\n' })
    await expect(listCsv(folder, { file: '*.csv' }, { fields: ['b'] })).rejects.toThrow(
      /2\.csv has no column b/,
    )
  })
})

describe('tokens', () => {
  const read = { file: '*.csv' }
  const past = new Date('2025-01-01T00:00:00Z')

  async function readOnce() {
    const folder = await folderWith({ '1.csv': 'a\n1\n', '2.csv': 'a\n2\n' })
    await using listing = await listCsv(folder, read)
    await readAll(listing)
    return { folder, previous: listing.end().token ?? '' }
  }

  it('recognises files by their content when only their time changed, and next time by their time', async () => {
    const { folder, previous } = await readOnce()
    await using _ = folder
    await utimes(path.join(folder.directory, '1.csv'), past, past)
    await using same = await listCsv(folder, read, { previous })
    expect(same).toMatchObject({ unchanged: true, unchangedBy: 'digest', fields: ['a'] })
    await using again = await listCsv(folder, read, { previous: same.end().token ?? '' })
    expect(again.unchangedBy).toBe('mtime+size')
  })

  it('sees a change of the same length, a vanished file, and another way of reading', async () => {
    const { folder, previous } = await readOnce()
    await using _ = folder
    await using other = await listCsv(folder, { ...read, delimiter: ';' }, { previous })
    expect(other.unchanged).toBe(false)
    await using fewer = await listCsv(folder, { file: '1.csv' }, { previous })
    expect(fewer.unchanged).toBe(false)
    await writeFile(path.join(folder.directory, '1.csv'), 'a\n7\n')
    await using changed = await listCsv(folder, read, { previous })
    expect((await readAll(changed)).map(({ fields }) => fields)).toEqual([['7'], ['2']])
  })

  it('reads only what is new where that is asked, and remembers the rest', async () => {
    const { folder, previous } = await readOnce()
    await using _ = folder
    await folder.write('3.csv', 'a\n3\n')
    await using added = await listCsv(folder, read, { previous, onlyNew: true })
    expect((await readAll(added)).map(({ fields }) => fields)).toEqual([['3']])
    await using none = await listCsv(folder, read, { previous: added.end().token ?? '', onlyNew: true })
    expect(none.unchanged).toBe(true)
  })
})

describe('files', () => {
  it('names the nearest names for a file that is not there', async () => {
    await using folder = await folderWith({ 'd/企业2025.csv': 'a\n', 'd/other.csv': 'a\n' })
    await expect(listCsv(folder, { file: 'd/企业2026.csv' })).rejects.toThrow(
      /nearest names: 企业2025\.csv, other/,
    )
    await expect(listCsv(folder, { file: 'd/*.tsv' })).rejects.toMatchObject({
      code: 'FILE_MISSING',
      recovery: 'retry',
    })
  })

  it('does not leave its folder, by path or by link', async () => {
    await using outside = await folderWith({ 'secret.csv': 'a\n1\n' })
    await using folder = await folderWith({ '1.csv': 'a\n' })
    await symlink(path.join(outside.directory, 'secret.csv'), path.join(folder.directory, 'link.csv'))
    for (const file of ['link.csv', '*.csv', '../x.csv', path.join(outside.directory, 'secret.csv')]) {
      await expect(listCsv(folder, { file })).rejects.toMatchObject({ code: 'FILE_OUTSIDE_ROOT' })
    }
  })

  it('stops when a file changes while it is read', async () => {
    await using folder = await folderWith({ '1.csv': `a\n${'1\n'.repeat(5_000_000)}` })
    await using listing = await listCsv(folder, { file: '1.csv' })
    const reading = async () => {
      for await (const _ of listing.batches()) await appendFile(path.join(folder.directory, '1.csv'), '2\n')
    }
    await expect(reading()).rejects.toMatchObject({ code: 'FILE_CHANGED', recovery: 'retry' })
    expect(listing.end().complete).toBe(false)
  })

  it('refuses to read by cursor', async () => {
    await using folder = await folderWith({ '1.csv': 'a\n' })
    await expect(listCsv(folder, { file: '1.csv' }, { cursor: 'a' })).rejects.toMatchObject({
      code: 'FILE_NO_CURSOR',
    })
  })
})
