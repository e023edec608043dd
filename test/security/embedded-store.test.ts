import { readdir, readFile, stat } from 'node:fs/promises'
import path from 'node:path'
import { expect, test } from 'vitest'
import { openStore } from '../../src/store/open-store.ts'
import { processesOf, workspace } from '../integration/store-server/workspace.ts'

/** Addresses on which the machine listens at a port, as `/proc/net/tcp` and `tcp6` write them. */
async function listeners(port: number): Promise<string[]> {
  const tables = await Promise.all(
    ['tcp', 'tcp6'].map((name) => readFile(`/proc/net/${name}`, 'utf8').catch(() => '')),
  )
  const end = `:${port.toString(16).toUpperCase().padStart(4, '0')}`
  return tables
    .flatMap((table) => table.split('\n').map((line) => line.trim().split(/\s+/)))
    .filter(([, local = '', , state]) => local.endsWith(end) && state === '0A')
    .map(([, local = '']) => local.replace(end, ''))
}

test('the password of the embedded store is in one file of its owner and nowhere else, its port on this machine only', async (context) => {
  if (process.platform !== 'linux') return context.skip()
  await using place = await workspace()
  await using store = await openStore({ directory: place.directory, signal: new AbortController().signal })
  const { port, password } = new URL(store.url)
  expect(password.length).toBeGreaterThanOrEqual(24)
  expect(await listeners(Number(port))).toEqual(['0100007F'])

  const folder = path.join(place.directory, '.guiji')
  const holding: string[] = []
  for (const name of await readdir(folder)) {
    const file = path.join(folder, name)
    if (!(await stat(file)).isFile()) continue
    if ((await readFile(file, 'utf8')).includes(password)) holding.push(name)
  }
  expect(holding).toEqual(['store.json'])
  expect(((await stat(path.join(folder, 'store.json'))).mode & 0o777).toString(8)).toBe('600')

  const processes = await processesOf(place.directory)
  expect(processes.length).toBeGreaterThanOrEqual(1)
  const all = (await readdir('/proc')).filter((name) => /^\d+$/.test(name))
  const shown = await Promise.all(
    all.flatMap((id) =>
      ['cmdline', 'environ'].map((part) => readFile(`/proc/${id}/${part}`, 'utf8').catch(() => '')),
    ),
  )
  expect(shown.filter((text) => text.includes(password))).toEqual([])
})
