import os from 'node:os'
import { inject } from 'vitest'
import { postgres } from '../../connectors/postgres/index.ts'
import { testDatabase } from '../setup/database.ts'
import { describeConnector } from './connector-suite.ts'
import { fields, records } from './folder-source.ts'

const secret = 'pa55word-of-nobody'

function withWrongPassword(): string {
  const url = new URL(inject('storeUrl'))
  url.password = secret
  return url.href
}

/** A department's database has nothing of guiji in it. */
const emptyDatabase = `
  do $$ declare name text; begin
    for name in select nspname from pg_namespace where nspname !~ '^pg_' and nspname <> 'information_schema' loop
      execute format('drop schema %I cascade', name);
    end loop;
  end $$`

describeConnector({
  connector: postgres,
  unreachable: { config: { url: withWrongPassword() }, secrets: [secret] },
  async setUp() {
    const db = await testDatabase()
    await db.pool.query(emptyDatabase)
    await db.pool.query('create schema department')
    await db.pool.query(
      'create table department.communities (code text, name text, amount numeric, note text)',
    )
    for (const record of records) {
      await db.pool.query('insert into department.communities values ($1, $2, $3, $4)', [...record])
    }
    return {
      directory: os.tmpdir(),
      config: { url: db.url },
      read: { table: 'department.communities' },
      fields,
      records,
      async change() {
        await db.pool.query(`update department.communities set note = 'y' where code = '001'`)
      },
      async enlarge() {
        // Not truncate, which would wait for the listings that are open.
        await db.pool.query('delete from department.communities')
        await db.pool.query(
          `insert into department.communities
           select n, repeat('社区', 20), n * 1.5, null from generate_series(1, 100000) as n`,
        )
        return 100_000
      },
      [Symbol.asyncDispose]: () => db[Symbol.asyncDispose](),
    }
  },
})
