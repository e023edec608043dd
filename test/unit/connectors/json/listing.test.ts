import { describe, expect, it } from 'vitest'
import { json } from '../../../../connectors/json/index.ts'
import { isIssue } from '../../../../src/connector.ts'
import { contextOf } from '../../../conformance/connector-suite.ts'
import { testFolder } from '../../../conformance/folder-source.ts'
import { readAll, requestFor } from '../../../conformance/reading.ts'

async function readJson(content: string | Buffer, read: Readonly<Record<string, unknown>> = {}) {
  await using folder = await testFolder()
  await folder.write('a.json', content)
  await using session = await json.open({ root: '.' }, contextOf(folder.directory))
  await using listing = await session.list(requestFor({ file: 'a.json', ...read }, ['a']))
  const records = await readAll(listing)
  const values = records.map(({ fields }) => (isIssue(fields) ? fields.reason : fields[0]))
  return { values, places: records.map(({ place }) => [place.line, place.index]), end: listing.end() }
}

describe('JSON files', () => {
  it.each([
    ['an array', '[{"a":1},\n{"a":2}]', {}],
    ['lines', '{"a":1}\n{"a":2}\n', {}],
    ['lines with a byte order mark, blanks and no last newline', '\ufeff{"a":1}\r\n\n  {"a":2}', {}],
    ['an array at a path', '{"n":2,"d":{"r":[{"a":1},{"a":2}]}}', { path: 'd.r' }],
    ['lines of arrays', '[1]\n[2]\n', { format: 'lines' }],
  ])('reads %s', async (kind, content, read) => {
    const found = await readJson(content, read)
    expect(found.values).toEqual(kind === 'lines of arrays' ? [null, null] : ['1', '2'])
    expect(found.end.complete).toBe(true)
  })

  it('rejects a broken line and reads on, naming lines and ordinals', async () => {
    const found = await readJson('{"a":1}\n\n{"a":\n{"a":3}\n')
    expect(found.values).toEqual(['1', 'malformed', '3'])
    expect(found.places).toEqual([
      [1, 1],
      [3, 2],
      [4, 3],
    ])
  })

  it('reads lines of many blocks', async () => {
    const found = await readJson(
      Array.from({ length: 150_000 }, (_, at) => `{"a":${at},"pad":"${'中'.repeat(10)}"}`).join('\n'),
    )
    expect(found.values).toEqual(Array.from({ length: 150_000 }, (_, at) => String(at)))
    expect(found.places.at(-1)).toEqual([150_000, 150_000])
  })

  it.each([
    ['', 'FILE_EMPTY'],
    [' \n', 'FILE_EMPTY'],
    ['{"rows":\n[{"a":1}]}', 'JSON_NO_RECORDS'],
    [Buffer.from('\ufeff[]', 'utf16le'), 'FILE_ENCODING'],
    ['[{"a":1}', 'JSON_TRUNCATED'],
  ])('refuses %j as %s', async (content, code) => {
    await expect(readJson(content)).rejects.toMatchObject({ code })
  })
})
