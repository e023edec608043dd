/** What the readers of a store cannot do, tried with real logins. */
import pg from 'pg'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { harvestedTown, type Town } from '../e2e/town.ts'

let place: Town
beforeAll(async () => {
  place = await harvestedTown()
}, 60_000)
afterAll(async () => {
  await place[Symbol.asyncDispose]()
})

async function as(role: string): Promise<pg.Client> {
  const { url } = await place.json<{ url: string }>(['store', 'url', '--role', role])
  const client = new pg.Client({ connectionString: url })
  await client.connect()
  return client
}

/** `done`, or the server's SQLSTATE, of a statement in a session that has taken off what its owner may take off. */
async function attempt(client: pg.Client, statement: string): Promise<string> {
  await client.query('begin read write')
  try {
    await client.query(statement)
    return 'done'
  } catch (error) {
    return error instanceof pg.DatabaseError ? (error.code ?? '?') : String(error)
  } finally {
    await client.query('rollback')
  }
}

/** Insufficient privilege, or a thing that is not there for this role. */
const refused = /^(42501|42883|42704|42P01|3F000|0A000)$/

const attacks: Readonly<Record<string, readonly string[]>> = {
  'files of the server': [
    `select pg_read_file('/etc/passwd')`,
    `select pg_read_file('postgresql.conf')`,
    `select pg_read_binary_file('PG_VERSION')`,
    `select pg_ls_dir('/')`,
    `select * from pg_ls_logdir()`,
    `select * from pg_ls_waldir()`,
    `select pg_stat_file('/etc/passwd')`,
    `select lo_import('/etc/passwd')`,
    `select lo_export(1, '/tmp/x')`,
    `copy mz.homes to '/tmp/guiji-out'`,
    `copy (select 1) to program 'id'`,
    `create temp table t (a text); copy t from '/etc/passwd'`,
    `create table mz.t (a text)`,
    `load 'auto_explain'`,
    `select * from pg_hba_file_rules`,
    `select * from pg_file_settings`,
  ],
  'other servers and languages': [
    `create extension dblink`,
    `create extension postgres_fdw`,
    `create extension file_fdw`,
    `select dblink_connect('host=127.0.0.1')`,
    `create server s foreign data wrapper postgres_fdw`,
    `create function mz.f() returns int language sql as 'select 1'`,
    `create function public.f() returns int language sql as 'select 1'`,
    `create function pg_temp.f() returns int language sql as 'select 1'`,
    `do $$ begin perform pg_read_file('/etc/passwd'); end $$`,
  ],
  'passwords and roles': [
    `select * from pg_authid`,
    `select * from pg_shadow`,
    `create role mine login superuser`,
    `grant pg_read_server_files to current_user`,
    `alter role current_user superuser`,
    `alter role current_user createrole`,
    `select * from pg_stat_get_wal_receiver() where conninfo is not null; select * from pg_user_mapping`,
    `select pg_reload_conf()`,
    `set log_statement = 'all'`,
    `set session_replication_role = replica`,
  ],
  'control tables and what is not published': [
    'select * from guiji.run',
    'select * from guiji.source',
    'select * from guiji.source_health',
    'select * from guiji.reject',
    'select * from guiji.version',
    'select * from guiji.ledger',
    `select guiji.valid_idcard('1')`,
    'select * from store.people',
    'select * from gone.people',
    `select query_to_xml('select * from guiji.run', true, false, '')`,
    `select table_to_xml('guiji.source'::regclass, true, false, '')`,
    'lock table mz.homes in access exclusive mode',
    'lock table guiji.run',
    'comment on view mz.homes is null',
    'drop view mz.homes',
    `create rule r as on select to mz.homes do instead select 1`,
  ],
  'what holds up others': [
    `create temp table big as select generate_series(1, 10)`,
    `create table public.mine (a int)`,
    `select pg_advisory_lock(7131100)`,
    `select pg_try_advisory_lock(1)`,
    `select pg_advisory_xact_lock(1, 2)`,
    `select lo_create(0)`,
    `select lo_from_bytea(0, 'x')`,
    `select pg_terminate_backend(pid) from pg_stat_activity where usename <> current_user`,
    `select pg_cancel_backend(pid) from pg_stat_activity where usename <> current_user and pid is not null`,
    `select pg_switch_wal()`,
    `checkpoint`,
    `select pg_create_logical_replication_slot('s', 'pgoutput')`,
    'select pg_promote()',
  ],
}

describe.each(['reader', 'analyst', 'steward'])('a %s', (role) => {
  let client: pg.Client
  beforeAll(async () => {
    client = await as(role)
  })
  afterAll(async () => {
    await client.end()
  })

  test.each(Object.entries(attacks))('has no way to %s', async (_, statements) => {
    const came: [string, string][] = []
    for (const statement of statements) came.push([statement, await attempt(client, statement)])
    expect(came.filter(([, answer]) => !refused.test(answer))).toEqual([])
  })

  test('cannot do outside a transaction what it cannot do in one', async () => {
    const owner = new URL(place.url).username
    const statements = [
      `alter system set log_statement = 'all'`,
      `create subscription s connection 'host=127.0.0.1' publication p`,
      `create database mine`,
      `set session authorization "${decodeURIComponent(owner)}"`,
    ]
    await client.query('set default_transaction_read_only = off')
    for (const statement of statements) {
      const error = await client.query(statement).catch((met: unknown) => met)
      expect([statement, error instanceof pg.DatabaseError && error.code]).toEqual([statement, '42501'])
    }
    await client.query('reset default_transaction_read_only')
  })

  test('gives nobody a right: a grant of what it may only read changes nothing', async () => {
    await client.query('set default_transaction_read_only = off')
    await client.query('grant select on mz.homes to public').catch(() => {})
    await client.query('reset default_transaction_read_only')
    const { rows } = await place.pool.query(
      `select has_table_privilege('public', 'mz.homes', 'select') as open`,
    )
    expect(rows).toEqual([{ open: false }])
  })

  test('sees no row of the statistics of tables it may not read', async () => {
    const { rows } = await client.query(`select distinct schemaname from pg_stats
      where schemaname in ('guiji', 'store', 'gone', 'load')`)
    expect(rows).toEqual([])
  })

  test('begins with bounds on how long it may hold anything', async () => {
    const { rows } = await client.query(`select name, setting from pg_settings where name in
      ('statement_timeout', 'idle_in_transaction_session_timeout', 'lock_timeout', 'default_transaction_read_only')
      order by name`)
    expect(rows.map(({ name, setting }) => [name, setting])).toEqual([
      ['default_transaction_read_only', 'on'],
      ['idle_in_transaction_session_timeout', '300000'],
      ['lock_timeout', '30000'],
      ['statement_timeout', '900000'],
    ])
  })
})
