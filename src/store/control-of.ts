import { Kysely, PostgresDialect, type PostgresPoolClient } from 'kysely'
import type pg from 'pg'
import type { ControlDatabase } from '../../catalog-schema/control/database.ts'

/** Typed queries over one connection, so that they and plain statements share a transaction. */
export function controlOf(client: pg.ClientBase): Kysely<ControlDatabase> {
  const lent: PostgresPoolClient = {
    query: client.query.bind(client) as PostgresPoolClient['query'],
    release: () => {},
  }
  const pool = { connect: async () => lent, end: async () => {}, options: {} }
  return new Kysely<ControlDatabase>({ dialect: new PostgresDialect({ pool }) })
}
