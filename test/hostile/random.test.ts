/** No bytes whatever make a run end in success with accounts that do not balance, hang, crash or eat the memory. */
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { csv, excel, http, json } from './corpus/hostile-case.ts'
import { row, sheetWith, workbookParts, zip } from './corpus/zip.ts'
import { damaged } from './mutations.ts'
import { type HostileCity, hostileCity } from './run-cases.ts'

const runs = { files: 80, workbooks: 60, bodies: 50, answers: 50 }
const mostSeconds = 60
const mostMebibytes = 400

const states = ['succeeded', 'partial', 'failed', 'awaiting-approval']

/** Harvests a case with every content that `contents` gives, one after the other over the same dataset. */
async function harvestAll(
  place: HostileCity,
  contents: fc.Arbitrary<Buffer>,
  numRuns: number,
  run: (content: Buffer) => ReturnType<HostileCity['run']>,
) {
  const begun = process.memoryUsage().rss
  const seen: Record<string, number> = {}
  await fc.assert(
    fc.asyncProperty(contents, async (content) => {
      const started = performance.now()
      const { state, code, faults } = await run(content)
      expect(faults).toEqual([])
      expect(states).toContain(state)
      expect(code).not.toBe('UNEXPECTED')
      expect(performance.now() - started).toBeLessThan(mostSeconds * 1000)
      expect((process.memoryUsage().rss - begun) / 2 ** 20).toBeLessThan(mostMebibytes)
      seen[state] = (seen[state] ?? 0) + 1
    }),
    { numRuns, seed: 20_260_101, endOnFailure: true },
  )
  // The documents are damaged, not destroyed: some must still be read, and some must not.
  expect(seen.succeeded ?? 0).toBeGreaterThan(0)
  expect(numRuns - (seen.succeeded ?? 0)).toBeGreaterThan(0)
  const { rows } = await place.town.database.pool.query(`select count(*) as stuck from guiji.run
    where state in ('queued', 'running', 'publishing')`)
  expect(rows).toEqual([{ stuck: 0n }])
}

const csvDocuments = [
  'a,b\n1,x\n2,"y, ""z"""\n3,\n',
  '\ufeffa,b\r\n1,衡水\r\n2,"两\r\n行"\r\n',
  `a,b\n${Array.from({ length: 60 }, (_, at) => `${at},值${at}`).join('\n')}`,
].map((text) => Buffer.from(text))
const utf16 = Buffer.from('\ufeffa,b\n1,衡水\n2,y\n', 'utf16le')
const gbk = Buffer.from('a,b\n1,\xba\xe2\xcb\xae\n2,\xd6\xd0\xb9\xfa\n', 'latin1')

test(`${runs.files} files of CSV`, { timeout: 300_000 }, async () => {
  let content: Buffer = Buffer.alloc(0)
  const one = csv('any', () => content)
  await using place = await hostileCity([one])
  await harvestAll(place, damaged([...csvDocuments, utf16, gbk]), runs.files, (next) => {
    content = next
    return place.run(one)
  })
})

const records =
  '{"a":"1","b":"x"},{"a":2,"b":null},{"a":"3","b":{"c":[1,2.50,-0,1e30]}},{"a":"\\u8861\\ud83d\\ude00","b":true}'
/** Long enough that most of the damage is in the records. */
const many = Array.from({ length: 40 }, (_, at) => `{"a":"${at}","b":"${'值'.repeat(20)}"}`).join(',')
const jsonDocuments = [
  `[${records}]`,
  `{"total":4,"rows":[${records}],"next":null}`,
  records.replaceAll('},{', '}\n{'),
].map((text) => Buffer.from(text))

test(`${runs.files} files of JSON and JSON Lines`, { timeout: 300_000 }, async () => {
  let content: Buffer = Buffer.alloc(0)
  const one = json('any', () => content)
  await using place = await hostileCity([one])
  await harvestAll(place, damaged(jsonDocuments), runs.files, (next) => {
    content = next
    return place.run(one)
  })
})

const sheet = sheetWith(row(2, ['1', 'x']) + row(3, ['2', 42]) + row(4, ['3', '衡水']))
const packed = zip(workbookParts(sheet))
// Stored parts let damage reach the XML, and a check sum of its own lets it pass the archive.
const storedOf = (xml: string) => zip(workbookParts(xml).map((part) => ({ ...part, method: 0 })))

test(`${runs.workbooks} workbooks, damaged as archives and as XML`, { timeout: 300_000 }, async () => {
  let content: Buffer = Buffer.alloc(0)
  const one = excel('any', () => content)
  await using place = await hostileCity([one])
  const xml = damaged([Buffer.from(sheet)]).map((text) => storedOf(text.toString('latin1')))
  await harvestAll(place, fc.oneof(damaged([packed]), xml, xml), runs.workbooks, (next) => {
    content = next
    return place.run(one)
  })
})

test(`${runs.bodies} bodies of answers`, { timeout: 300_000 }, async () => {
  let content: Buffer = Buffer.alloc(0)
  const one = http('any', (response) => {
    response.writeHead(200, { 'content-type': 'application/json', 'content-length': content.length })
    response.end(content)
  })
  await using place = await hostileCity([one])
  await harvestAll(place, damaged([Buffer.from(`[${many}]`)]), runs.bodies, (next) => {
    content = next
    return place.run(one)
  })
})

test(`${runs.answers} answers, head and body`, { timeout: 300_000 }, async () => {
  let content: Buffer = Buffer.alloc(0)
  const one = http('any', (response) => void response.socket?.end(content))
  await using place = await hostileCity([one])
  const body = `[${many}]`
  const length = Buffer.byteLength(body)
  const documents = [
    `HTTP/1.1 200 OK\r\ncontent-type: application/json\r\ncontent-length: ${length}\r\n\r\n${body}`,
    `HTTP/1.1 200 OK\r\netag: "x"\r\ntransfer-encoding: chunked\r\n\r\n${length.toString(16)}\r\n${body}\r\n0\r\n\r\n`,
    `HTTP/1.1 200 OK\r\nlink: </x>; rel="next"\r\nlast-modified: Tue, 15 Nov 1994 12:45:26 GMT\r\n\r\n${body}`,
  ].map((text) => Buffer.from(text))
  await harvestAll(place, damaged(documents), runs.answers, (next) => {
    content = next
    return place.run(one)
  })
})
