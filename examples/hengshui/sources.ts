/**
 * `node examples/hengshui/sources.ts [--scale N] [--day N]`: keeps the systems of all departments running until
 * Ctrl-C, with a workspace beside them, for people who want to try guiji by hand.
 */
import { writeFile } from 'node:fs/promises'
import { join, resolve } from 'node:path'
import { readOptions, wholeNumber } from './command-line.ts'
import { startSources } from './systems/start-sources.ts'
import { writeWorkspace } from './writing/write-workspace.ts'

const here = import.meta.dirname
const values = readOptions({
  scale: { type: 'string', default: '1000000' },
  day: { type: 'string', default: '1' },
  directory: { type: 'string', default: join(here, '.sources') },
  workspace: { type: 'string', default: join(here, 'workspace') },
})
const stopping = new AbortController()
for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => stopping.abort())

try {
  await using sources = await startSources({
    directory: resolve(values.directory),
    scale: wholeNumber('--scale', values.scale),
    day: wholeNumber('--day', values.day),
    signal: stopping.signal,
  })
  await writeWorkspace(values.workspace, sources.addresses)
  const exports = Object.entries(sources.environment).map(([name, value]) => `export ${name}=${value}`)
  const environmentFile = join(resolve(values.directory), 'environment.sh')
  await writeFile(environmentFile, `${exports.join('\n')}\n`, { mode: 0o600 })
  console.log(exports.join('\n'))
  console.log(
    `\n# in another shell: . ${environmentFile} && guiji apply --workspace ${resolve(values.workspace)}`,
  )
  console.log('# Ctrl-C stops the systems')
  await stopped(stopping.signal)
} catch (error) {
  if (!stopping.signal.aborted) throw error
}

function stopped(signal: AbortSignal): Promise<void> {
  if (signal.aborted) return Promise.resolve()
  return new Promise((done) => {
    // The servers alone would keep the process up, but not on every platform.
    const alive = setInterval(() => {}, 60_000)
    signal.addEventListener('abort', () => {
      clearInterval(alive)
      done()
    })
  })
}
