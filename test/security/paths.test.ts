import { execFile } from 'node:child_process'
import { mkdir, mkdtemp, rename, rm, symlink, writeFile } from 'node:fs/promises'
import os from 'node:os'
import path from 'node:path'
import { promisify } from 'node:util'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { csv } from '../../connectors/csv/index.ts'
import { excel } from '../../connectors/excel/index.ts'
import { json } from '../../connectors/json/index.ts'
import { openSourceFile } from '../../src/records/open-file.ts'
import { findFiles, openFolder } from '../../src/records/source-files.ts'
import { contextOf } from '../conformance/connector-suite.ts'

/** A folder that may be read, `root`, in a folder with a secret beside it. */
let outer: string
beforeAll(async () => {
  outer = await mkdtemp(path.join(os.tmpdir(), 'guiji-paths-'))
  await mkdir(path.join(outer, 'root', 'sub'), { recursive: true })
  await mkdir(path.join(outer, 'root-too'))
  for (const file of ['secret.csv', 'root-too/secret.csv', 'root/open.csv', 'root/sub/open.csv'])
    await writeFile(path.join(outer, file), 'id\n1\n')
  await symlink('../secret.csv', path.join(outer, 'root', 'link.csv'))
  await symlink('..', path.join(outer, 'root', 'up'))
  await symlink('/etc', path.join(outer, 'root', 'etc'))
  await symlink('sub/open.csv', path.join(outer, 'root', 'inner.csv'))
  await symlink('/proc/self/environ', path.join(outer, 'root', 'environ.csv'))
})
afterAll(() => rm(outer, { recursive: true }))

const outside = [
  '../secret.csv',
  'sub/../../secret.csv',
  '../root-too/secret.csv',
  '/etc/passwd',
  'link.csv',
  'up/secret.csv',
  'up/*.csv',
  '../*.csv',
  '{..,sub}/secret.csv',
  'etc/passwd',
  'environ.csv',
  '*.csv',
]

test.each(outside)('%s leads out of the folder and is refused by every kind of file source', async (file) => {
  for (const connector of [csv, json, excel]) {
    await using session = await connector.open({ root: 'root' }, contextOf(outer))
    const list = session.list({
      read: { file },
      fields: [],
      onlyNew: false,
      signal: new AbortController().signal,
    })
    await expect(list).rejects.toMatchObject({ code: expect.stringMatching(/^FILE_(OUTSIDE_ROOT|MISSING)$/) })
  }
})

test('what lies inside is found, also by a link that stays inside; letters count as they are written', async () => {
  const folder = await openFolder(outer, 'root', 's')
  for (const file of ['open.csv', 'sub/open.csv', 'inner.csv', './sub/../open.csv', 'sub/*.csv'])
    expect(await findFiles(folder, file)).toHaveLength(1)
  await expect(findFiles(folder, 'OPEN.csv')).rejects.toMatchObject({ code: 'FILE_MISSING' })
  await expect(findFiles(folder, '../ROOT/open.csv')).rejects.toMatchObject({ code: 'FILE_OUTSIDE_ROOT' })
  await expect(findFiles(folder, 'open.csv\0.txt')).rejects.toMatchObject({ code: 'FILE_UNREADABLE' })
})

/** A file as it was found, in a folder of its own in the root. */
async function foundFile(name: string) {
  const place = path.join(outer, 'root', name)
  await mkdir(place)
  await writeFile(path.join(place, 'data.csv'), 'id\n1\n')
  const [file] = await findFiles(await openFolder(outer, 'root', 's'), `${name}/data.csv`)
  if (file === undefined) throw new Error('not found')
  return { file, place }
}

test('a file that becomes a link, or whose folder does, after it was found is not read', async () => {
  const one = await foundFile('one')
  await rm(one.file.absolute)
  await symlink(path.join(outer, 'secret.csv'), one.file.absolute)
  await expect(openSourceFile(one.file)).rejects.toMatchObject({ code: 'FILE_UNREADABLE' })

  const two = await foundFile('two')
  await rename(two.place, path.join(outer, 'moved'))
  await writeFile(path.join(outer, 'moved', 'data.csv'), 'stolen')
  await symlink(path.join(outer, 'moved'), two.place)
  await expect(openSourceFile(two.file)).rejects.toMatchObject({ code: 'FILE_OUTSIDE_ROOT' })
})

test('a pipe in place of the file does not hold the process', async () => {
  const { file } = await foundFile('pipe')
  await rm(file.absolute)
  await promisify(execFile)('mkfifo', [file.absolute])
  await expect(openSourceFile(file)).rejects.toMatchObject({ code: 'FILE_UNREADABLE' })
})
