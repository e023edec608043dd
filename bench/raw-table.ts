import { createReadStream } from 'node:fs'
import { pipeline } from 'node:stream/promises'
import pg from 'pg'
import { from as copyFrom, to as copyTo } from 'pg-copy-streams'
import type { Store } from '../src/store/open-store.ts'

/** An empty logged table with its key, as `COPY` would find it. */
export async function makeRawTable(store: Store, definition: string): Promise<void> {
  await store.pool.query(`drop table if exists public.raw; create table public.raw (${definition})`)
  await store.pool.query('checkpoint')
}

/** The bytes of a file into the raw table, by one COPY. */
export async function copyFile(
  store: Store,
  file: string,
  options: { readonly columns: string; readonly encoding?: string; readonly table?: string },
): Promise<void> {
  const { columns, encoding = 'UTF8', table = 'public.raw' } = options
  const client = await store.pool.connect()
  try {
    const statement = `copy ${table} (${columns}) from stdin (format csv, header, encoding '${encoding}')`
    await pipeline(createReadStream(file, { highWaterMark: 1 << 20 }), client.query(copyFrom(statement)))
  } finally {
    client.release()
  }
}

/** A table of another database into the raw table: one COPY into the other, binary, in this process. */
export async function copyAcross(store: Store, sourceUrl: string, columns: string): Promise<void> {
  const source = new pg.Client(sourceUrl)
  await source.connect()
  const client = await store.pool.connect()
  try {
    const out = source.query(copyTo(`copy (select ${columns} from enterprises) to stdout (format binary)`))
    const into = client.query(copyFrom(`copy public.raw (${columns}) from stdin (format binary)`))
    await pipeline(out, into)
  } finally {
    client.release()
    await source.end()
  }
}
