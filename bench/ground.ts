import { mkdir, writeFile } from 'node:fs/promises'
import path from 'node:path'
import { openStore, type Store } from '../src/store/open-store.ts'
import { type Collector, openCollector } from './collector.ts'
import { type DocumentSpec, writeDocuments } from './documents.ts'
import { columnNames, tableDefinition } from './enterprises.ts'
import { writeCsv } from './made-files.ts'
import type { Variant } from './made-rows.ts'
import { copyFile } from './raw-table.ts'

export interface MadeFile {
  readonly file: string
  /** Lines that differ from the variant before. */
  readonly hits: number
}

/** What all cases stand on: one folder, one embedded store, and the made data, each made when first asked for. */
export interface Ground extends AsyncDisposable {
  readonly directory: string
  readonly store: Store
  readonly rows: number
  readonly rounds: number
  csv(variant: Variant): Promise<MadeFile>
  /** The table `enterprises` in a database of its own on the same server. Gives its address. */
  sourceDatabase(): Promise<string>
  /** A folder and guiji on it. */
  collector(name: string, spec: DocumentSpec): Promise<{ workspace: string; guiji: Collector }>
}

export async function prepareGround(directory: string, rows: number, rounds: number): Promise<Ground> {
  const home = path.join(directory, 'store')
  await mkdir(home)
  const store = await openStore({ directory: home, signal: new AbortController().signal })
  const csv = once(async (variant: Variant) => {
    const file = path.join(directory, `${variant}.csv`)
    return { file, hits: await writeCsv(file, rows, variant) }
  })
  const source = once(async (name: string) => makeSource(store, name, (await csv('base')).file))
  return {
    directory,
    store,
    rows,
    rounds,
    csv,
    sourceDatabase: () => source('bench_source'),
    collector: async (name, spec) => {
      const workspace = path.join(directory, name)
      await writeDocuments(workspace, spec)
      return { workspace, guiji: await openCollector(store, workspace) }
    },
    [Symbol.asyncDispose]: () => store[Symbol.asyncDispose](),
  }
}

/** Makes each thing once, however often it is asked for. */
function once<Name, Thing>(make: (name: Name) => Promise<Thing>): (name: Name) => Promise<Thing> {
  const made = new Map<Name, Promise<Thing>>()
  return (name) => {
    const known = made.get(name) ?? make(name)
    made.set(name, known)
    return known
  }
}

async function makeSource(store: Store, name: string, file: string): Promise<string> {
  await store.pool.query(`create database ${name}`)
  const url = new URL(store.url)
  url.pathname = `/${name}`
  const signal = new AbortController().signal
  const source = await openStore({ directory: '', url: url.href, signal })
  try {
    await source.pool.query(`create table enterprises (${tableDefinition})`)
    await copyFile(source, file, { columns: columnNames, table: 'enterprises' })
    // A table that has been in use has nothing left to tidy up for its first reader.
    await source.pool.query('vacuum (analyze, freeze) enterprises')
  } finally {
    await source[Symbol.asyncDispose]()
  }
  return url.href
}

/** Keeps an address with its password out of the documents. Gives the reference to it. */
export async function secretFile(directory: string, name: string, secret: string): Promise<string> {
  const file = path.join(directory, name)
  await writeFile(file, secret, { mode: 0o600 })
  return `file:${file}`
}
