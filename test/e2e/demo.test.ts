import { spawn } from 'node:child_process'
import { mkdtemp, readdir, readFile, readlink, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { fileURLToPath } from 'node:url'
import { expect, test } from 'vitest'

const demo = fileURLToPath(new URL('../../examples/hengshui/demo.ts', import.meta.url))

/** Starts the demo on a small city, in a process group of its own as a terminal would. */
function startDemo(place: string, ...more: string[]) {
  const words = [
    '--scale',
    '20000',
    '--directory',
    join(place, 'sources'),
    '--workspace',
    join(place, 'city'),
  ]
  const child = spawn(process.execPath, [demo, ...words, ...more], {
    detached: true,
    stdio: ['ignore', 'pipe', 'pipe'],
    env: { PATH: process.env.PATH, LANG: 'en_US.UTF-8' },
  })
  let said = ''
  for (const stream of [child.stdout, child.stderr]) {
    stream.setEncoding('utf8').on('data', (text: string) => {
      said += text
    })
  }
  const ended = new Promise<{ code: number | null; said: string }>((resolve) => {
    child.on('close', (code) => resolve({ code, said }))
  })
  const until = async (text: string) => {
    while (!said.includes(text)) {
      if (child.exitCode !== null) throw new Error(`the demo ended without "${text}": ${said}`)
      await sleep(20)
    }
  }
  return { pid: child.pid ?? 0, ended, until }
}

/** Processes that work in the folder or name it on their command line. */
async function processesAt(place: string): Promise<string[]> {
  const pids = (await readdir('/proc')).filter((name) => /^\d+$/.test(name))
  const found = await Promise.all(
    pids.map(async (pid) => {
      const cwd = await readlink(`/proc/${pid}/cwd`).catch(() => '')
      const line = await readFile(`/proc/${pid}/cmdline`, 'utf8').catch(() => '')
      return cwd.startsWith(place) || line.includes(place) ? `${pid} ${line.replaceAll('\0', ' ')}` : ''
    }),
  )
  return found.filter((text) => text !== '')
}

test('the demo stopped in its harvest leaves no process; begun again, it agrees with the generator', async () => {
  const place = await mkdtemp(join(tmpdir(), 'guiji-demo-'))
  try {
    const stopped = startDemo(place)
    await stopped.until('guiji harvest --all')
    await sleep(1500)
    expect((await processesAt(place)).length).toBeGreaterThan(3)
    // Ctrl-C in a terminal reaches the whole group.
    process.kill(-stopped.pid, 'SIGINT')
    const first = await stopped.ended
    expect(first.code, first.said).not.toBe(0)
    for (let tries = 0; tries < 100 && (await processesAt(place)).length > 0; tries += 1) await sleep(100)
    expect(await processesAt(place)).toEqual([])

    const again = await startDemo(place).ended
    expect(again.said).toContain('✓ 123/123')
    expect(again.code).toBe(0)
    const next = await startDemo(place, '--day', '2').ended
    expect(next.said).toContain('✓ 123/123')
    expect(next.code).toBe(0)
  } finally {
    await rm(place, { recursive: true, force: true, maxRetries: 20 })
  }
}, 120_000)
