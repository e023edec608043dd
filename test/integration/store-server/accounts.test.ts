import { execFile } from 'node:child_process'
import { chmod, chown, cp, lstat, mkdtemp, readFile, rm, stat } from 'node:fs/promises'
import os from 'node:os'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { expect, test } from 'vitest'
import { openStore } from '../../../src/store/open-store.ts'
import { serverAccount } from '../../../src/store/server/account.ts'
import { installedPrograms, programPath } from '../../../src/store/server/programs.ts'
import { reachablePrograms } from '../../../src/store/server/reachable-programs.ts'
import { holdStore, isRoot, nobodyLeft, postmasterOf, processesOf, until, workspace } from './workspace.ts'

const signal = AbortSignal.timeout(120_000)
const nobody = { uid: 65534, gid: 65534 }
const run = promisify(execFile)

async function uidOf(pid: number): Promise<number> {
  return (await stat(`/proc/${pid}`)).uid
}

async function nobodyCanRunThis(): Promise<boolean> {
  if (!isRoot) return false
  const script = new URL('store-holder.ts', import.meta.url).pathname
  return run('cat', [script], nobody).then(
    () => true,
    () => false,
  )
}

test.runIf(isRoot)('root has PostgreSQL run as another account, below a folder closed to it', async () => {
  await using place = await workspace({ closed: true })
  const { directory } = place
  const parent = await stat(join(directory, '..'))
  expect([parent.uid, (parent.mode & 0o777).toString(8)]).toEqual([0, '700'])
  await using store = await openStore({ directory, signal })
  expect((await store.pool.query('select 1 as one')).rows).toEqual([{ one: 1 }])
  const data = await stat(join(directory, '.guiji', 'pg'))
  expect(data.uid).not.toBe(0)
  expect(await uidOf(await postmasterOf(directory))).toBe(data.uid)
  expect((await stat(join(directory, '.guiji', 'store.json'))).uid).toBe(0)
})

test.runIf(await nobodyCanRunThis())('an ordinary user has a store, and root may work in it', async () => {
  await using place = await workspace()
  const { directory } = place
  await chown(directory, nobody.uid, nobody.gid)
  const holder = await holdStore(directory, { ...nobody, env: {} })
  for (const pid of await processesOf(directory)) expect(await uidOf(pid)).toBe(nobody.uid)
  await using shared = await openStore({ directory, signal })
  expect(shared.url).toBe(holder.url)
  expect(await holder.finish()).toBe(0)
  await shared[Symbol.asyncDispose]()
  await until(() => processesOf(directory), nobodyLeft)

  const alone = await openStore({ directory, signal })
  expect(await uidOf(await postmasterOf(directory))).toBe(nobody.uid)
  await alone[Symbol.asyncDispose]()
  // And the owner is not locked out by what root did.
  const again = await holdStore(directory, { ...nobody, env: {} })
  expect(await again.finish()).toBe(0)
})

test.runIf(await nobodyCanRunThis())('a store of root is refused to another user by name', async () => {
  await using place = await workspace()
  const { directory } = place
  await (await openStore({ directory, signal }))[Symbol.asyncDispose]()
  await chmod(directory, 0o777)
  const script = new URL('store-holder.ts', import.meta.url).pathname
  const refused = run(process.execPath, [script, directory], { ...nobody, env: {} })
  await expect(refused).rejects.toThrow(/STORE_NOT_PERMITTED: this user may not use .*store\.json: EACCES/)
})

test.runIf(isRoot)('programs that the account cannot reach are copied once, links and all', async () => {
  const closed = await mkdtemp(join(os.tmpdir(), 'guiji-closed-'))
  const open = await mkdtemp(join(os.tmpdir(), 'guiji-open-'))
  try {
    await chmod(open, 0o755)
    const installed = await installedPrograms()
    const account = await serverAccount(join(closed, 'none'))
    await cp(installed.native, join(closed, 'native'), { recursive: true, verbatimSymlinks: true })
    const hidden = { ...installed, native: join(closed, 'native') }
    const cache = join(open, 'cache')

    const both = await Promise.all([1, 2].map(() => reachablePrograms(hidden, account, cache)))
    expect(both.map((copy) => copy.native)).toEqual(
      Array(2).fill(join(cache, `postgres-${installed.version}`)),
    )
    const copy = both[0] ?? hidden
    const version = await run(programPath(copy, 'postgres'), ['--version'], { ...account, cwd: '/' })
    expect(version.stdout).toContain('PostgreSQL')
    const link = await lstat(join(copy.native, 'lib', 'libpq.so.5'))
    expect([link.isSymbolicLink(), link.uid]).toEqual([true, 0])
    const made = (await stat(copy.native)).ino
    await reachablePrograms(hidden, account, cache)
    expect((await stat(copy.native)).ino).toBe(made)

    await chown(copy.native, nobody.uid, nobody.gid)
    await expect(reachablePrograms(hidden, account, cache)).rejects.toMatchObject({
      code: 'STORE_PROGRAMS_UNREACHABLE',
      details: { reason: expect.stringContaining('only root can write') },
    })
  } finally {
    await rm(closed, { recursive: true })
    await rm(open, { recursive: true })
  }
})

test('programs that the account reaches are used where they are', async () => {
  const installed = await installedPrograms()
  expect(await reachablePrograms(installed, undefined)).toBe(installed)
  expect(await readFile(join(installed.native, 'share', 'postgresql', 'postgres.bki'), 'utf8')).toContain(
    '18',
  )
})
