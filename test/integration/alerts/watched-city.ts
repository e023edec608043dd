import { mkdtemp, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { composer } from '../../../jobs/alert-words.ts'
import { type Checked, type CheckOptions, checkAlerts } from '../../../src/alerts/check-alerts.ts'
import { fileSink } from '../../../src/alerts/sinks/file.ts'
import { type City, city } from '../freshness/city.ts'

export const halfHour = 30 * 60_000

/** A city whose alerts go to two real files: `duty` is told first, `chief` after two hours. */
export interface WatchedCity extends City {
  check(at: string, options?: Partial<CheckOptions>): Promise<Checked>
  /** Titles that reached a sink since the last look. */
  told(sink: 'duty' | 'chief'): Promise<string[]>
  readonly directory: string
}

export async function watchedCity(): Promise<WatchedCity> {
  await using building = new AsyncDisposableStack()
  const town = building.use(await city())
  const directory = await mkdtemp(path.join(tmpdir(), 'guiji-alerts-'))
  building.defer(() => rm(directory, { recursive: true }))
  const fileOf = (sink: string) => path.join(directory, `${sink}.ndjson`)
  const seen = new Map<string, number>()
  const built = building.move()
  return {
    ...town,
    directory,
    check: (at, options = {}) => checkAlerts({ ...optionsOf(town, fileOf, at), ...options }),
    async told(sink) {
      const text = await readFile(fileOf(sink), 'utf8').catch(() => '')
      const titles = text
        .split('\n')
        .filter((line) => line !== '')
        .map((line) => (JSON.parse(line) as { title: string }).title)
      const fresh = titles.slice(seen.get(sink) ?? 0)
      seen.set(sink, titles.length)
      return fresh
    },
    [Symbol.asyncDispose]: () => built.disposeAsync(),
  }
}

function optionsOf(town: City, fileOf: (sink: string) => string, at: string): CheckOptions {
  const clock = () => Date.parse(at)
  return {
    db: town.db,
    clock,
    sinks: ['duty', 'chief'].map((name) => fileSink({ name, path: fileOf(name), clock })),
    rules: { to: ['duty'], escalation: { afterMilliseconds: 4 * halfHour, to: ['chief'] } },
    compose: composer('en', 'Asia/Shanghai'),
    signal: AbortSignal.timeout(30_000),
    redact: (text) => text,
    checkEveryMilliseconds: 365 * 86_400_000,
  }
}
