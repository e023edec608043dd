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
      `alter role ${quote(role)} set default_transaction_read_only = on;
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
