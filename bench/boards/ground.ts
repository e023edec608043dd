import { mkdir } from 'node:fs/promises'
import type { Kysely } from 'kysely'
import type pg from 'pg'
import type { ControlDatabase } from '../../catalog-schema/control/database.ts'
import { migrate } from '../../src/store/migrate.ts'
import { openStore, queries } from '../../src/store/open-store.ts'

/** An embedded store as guiji starts it, fsync on, with the control tables and nothing in them. */
export interface BoardGround extends AsyncDisposable {
  readonly pool: pg.Pool
  readonly db: Kysely<ControlDatabase>
}

export async function openGround(directory: string): Promise<BoardGround> {
  await mkdir(directory)
  await using opening = new AsyncDisposableStack()
  const store = opening.use(await openStore({ directory, signal: new AbortController().signal }))
  await migrate(store.pool)
  const open = opening.move()
  return {
    pool: store.pool,
    db: queries<ControlDatabase>(store.pool),
    [Symbol.asyncDispose]: () => open.disposeAsync(),
  }
}
