import type pg from 'pg'
import type { SharingType } from '../../catalog-schema/vocabulary/sharing.ts'
import { fitIdentifier, literal, quote } from '../store/identifiers.ts'

/**
 * Who may read what. One group role per sharing type of the list, and three login roles that differ in the groups
 * they belong to. Roles belong to the whole server, so their names carry the database's.
 */
export const readers = {
  /** Any department: what is shared without conditions. */
  reader: ['unconditional'],
  /** The bureau's analysts: conditional sharing too. */
  analyst: ['unconditional', 'conditional'],
  /** The keeper of the list: everything collected. */
  steward: ['unconditional', 'conditional', 'none'],
} as const satisfies Record<string, readonly SharingType[]>

export type Reader = keyof typeof readers

const sharing: readonly SharingType[] = ['unconditional', 'conditional', 'none']

export async function groupRole(client: pg.ClientBase, type: SharingType): Promise<string> {
  return fitIdentifier(`${await databaseName(client)}_share_${type}`)
}

export async function loginRole(client: pg.ClientBase, reader: Reader): Promise<string> {
  return fitIdentifier(`${await databaseName(client)}_${reader}`)
}

async function databaseName(client: pg.ClientBase): Promise<string> {
  const { rows } = await client.query<{ name: string }>('select current_database() as name')
  return rows[0]?.name ?? ''
}

/** Creates the roles that are missing and opens the schemas analysts may look into. Idempotent. */
export async function ensureRoles(client: pg.ClientBase, departments: readonly string[]): Promise<void> {
  const groups: string[] = []
  for (const type of sharing) {
    const role = await groupRole(client, type)
    await createRole(client, role, 'nologin')
    groups.push(quote(role))
  }
  for (const [reader, types] of Object.entries(readers)) {
    const role = await loginRole(client, reader as Reader)
    await createRole(client, role, 'login')
    await client.query(
      `${bounds.map((bound) => `alter role ${quote(role)} set ${bound}`).join(';')};
       alter role ${quote(role)} connection limit ${mostConnections};
       alter role ${quote(role)} set search_path = ${['catalog', ...departments].map(quote).join(', ')}`,
    )
    for (const type of types)
      await client.query(`grant ${quote(await groupRole(client, type))} to ${quote(role)}`)
  }
  const everyone = groups.join(', ')
  for (const schema of ['catalog', ...departments]) {
    await client.query(
      `create schema if not exists ${quote(schema)}; grant usage on schema ${quote(schema)} to ${everyone}`,
    )
  }
  await client.query(`grant select on all tables in schema catalog to ${everyone}`)
  await closeToReaders(client)
}

/**
 * What a reader's session begins with: a query that was forgotten, or a transaction left open, must not hold back the
 * clean-up of dead rows for days. Whoever needs longer may say so in the session.
 */
const bounds = [
  'default_transaction_read_only = on',
  `statement_timeout = '15min'`,
  `idle_in_transaction_session_timeout = '5min'`,
  `lock_timeout = '30s'`,
]

/** Of one reader's role, so that many analysts leave connections to the harvests. */
const mostConnections = 30

/** Functions everybody may call by default, with which a reader could hold up a harvest or fill the disk. */
const harmful = [
  'pg_advisory_lock',
  'pg_advisory_lock_shared',
  'pg_advisory_xact_lock',
  'pg_advisory_xact_lock_shared',
  'pg_try_advisory_lock',
  'pg_try_advisory_lock_shared',
  'pg_try_advisory_xact_lock',
  'pg_try_advisory_xact_lock_shared',
  'lo_create',
  'lo_creat',
  'lo_from_bytea',
]

/**
 * Takes from everybody what PostgreSQL gives to everybody and no reader needs: temporary tables, tables in `public`,
 * advisory locks (by which runs are claimed), large objects. Another user of the database that needs one of these is
 * granted it by name. Functions belong to the server's superuser: where the store's owner is none they stay.
 */
async function closeToReaders(client: pg.ClientBase): Promise<void> {
  const name = await databaseName(client)
  const { rows } = await client.query<{
    user: string
    superuser: boolean
    open: boolean
    signatures: string[]
  }>(
    `select current_user as user, r.rolsuper as superuser,
       has_database_privilege('public', current_database(), 'temporary') as open,
       array(select p.oid::regprocedure::text from pg_proc p
             where p.pronamespace = 'pg_catalog'::regnamespace and p.proname = any ($1)
               and has_function_privilege('public', p.oid, 'execute')) as signatures
     from pg_roles r where r.rolname = current_user`,
    [harmful],
  )
  const [found] = rows
  if (found === undefined) return
  const { user, superuser, open, signatures } = found
  if (open) {
    await client.query(
      `grant temporary on database ${quote(name)} to ${quote(user)}; revoke temporary on database ${quote(name)} from public;
       revoke create on schema public from public`,
    )
  }
  if (superuser && signatures.length > 0) {
    await client.query(`revoke execute on function ${signatures.join(', ')} from public`)
  }
}

/** Two stores on one server may create the same role at once: the second finds it there. */
async function createRole(client: pg.ClientBase, role: string, kind: 'login' | 'nologin'): Promise<void> {
  await client.query(
    `do $do$ begin
       create role ${quote(role)} ${kind} nosuperuser nocreatedb nocreaterole;
     exception when duplicate_object or unique_violation then null; end $do$`,
  )
}

/** Gives a login role its password. */
export async function setPassword(client: pg.ClientBase, reader: Reader, password: string): Promise<string> {
  const role = await loginRole(client, reader)
  await client.query(`alter role ${quote(role)} with login password ${literal(password)}`)
  return role
}
