import { type ChildProcess, execFileSync, spawn } from 'node:child_process'
import { once } from 'node:events'
import { accessSync, constants } from 'node:fs'
import { cp, mkdir, mkdtemp, rm, symlink, writeFile } from 'node:fs/promises'
import os from 'node:os'
import { delimiter, join } from 'node:path'
import { text } from 'node:stream/consumers'
import { fileURLToPath } from 'node:url'
import { afterAll, beforeAll, expect, test } from 'vitest'

const repository = fileURLToPath(new URL('../../../', import.meta.url))
/** Stands where guiji's own main module is: TypeScript that tells how it was started. */
const main = `
const told: object = { major: process.versions.node.split('.')[0], words: process.argv.slice(2), pid: process.pid }
if (process.argv[2] === 'wait') {
  const waiting = setInterval(() => {}, 1000)
  for (const signal of ['SIGTERM', 'SIGINT'] as const) {
    process.on(signal, () => { console.log(signal); clearInterval(waiting); process.exitCode = 5 })
  }
} else process.exitCode = 3
console.log(JSON.stringify(told))
`
let root = ''

beforeAll(async () => {
  root = await mkdtemp(join(os.tmpdir(), 'guiji-command-'))
  await cp(join(repository, 'bin'), join(root, 'bin'), { recursive: true })
  await mkdir(join(root, 'jobs'))
  await writeFile(join(root, 'jobs', 'main.ts'), main)
  await writeFile(join(root, 'package.json'), '{"type":"module"}')
  await symlink(join(repository, 'node_modules'), join(root, 'node_modules'))
  await symlink(join(root, 'bin', 'guiji'), join(root, 'linked'))
})

afterAll(() => rm(root, { recursive: true }))

/** A Node of this machine that is too old to run guiji itself, if there is one. */
function oldNode(): string | undefined {
  const candidates = (process.env.PATH ?? '').split(delimiter).map((folder) => join(folder, 'node'))
  return [...candidates, '/usr/bin/node', '/usr/local/bin/node'].find((node) => {
    try {
      accessSync(node, constants.X_OK)
      return (
        Number(execFileSync(node, ['-p', 'process.versions.node.split(".")[0]'], { encoding: 'utf8' })) < 24
      )
    } catch {
      return false
    }
  })
}

const old = oldNode()
const nodes: [string, string][] = [
  ['a Node new enough', process.execPath],
  ...(old ? [['an older Node', old] as [string, string]] : []),
]

function start(node: string, ...words: string[]): ChildProcess & { stdout: NodeJS.ReadableStream } {
  const child = spawn(node, [join(root, 'linked'), ...words], { stdio: ['ignore', 'pipe', 'inherit'] })
  return child
}

test.each(nodes)('%s: words and exit code pass through a link', async (_, node) => {
  const child = start(node, 'status', 'two words', '--json')
  const [out, [code]] = await Promise.all([text(child.stdout), once(child, 'exit')])
  expect(JSON.parse(out)).toMatchObject({
    major: process.versions.node.split('.')[0],
    words: ['status', 'two words', '--json'],
  })
  expect(code).toBe(3)
})

test.each(nodes)('%s: a signal ends guiji as guiji wants it', async (_, node) => {
  for (const signal of ['SIGTERM', 'SIGINT'] as const) {
    const child = start(node, 'wait')
    const ended = once(child, 'exit')
    const out = text(child.stdout)
    await once(child.stdout, 'readable')
    child.kill(signal)
    expect((await ended)[0]).toBe(5)
    expect(await out).toContain(signal)
  }
})

test.runIf(old)('guiji ends when the older Node that started it is killed', async () => {
  const child = start(old ?? '', 'wait')
  const out = text(child.stdout)
  await once(child.stdout, 'readable')
  child.kill('SIGKILL')
  // The pipe ends with the last process that holds it.
  expect(await out).toContain('SIGTERM')
})
