import { readFile } from 'node:fs/promises'
import path from 'node:path'
import type { Kysely } from 'kysely'
import type pg from 'pg'
import type { ControlDatabase } from '../catalog-schema/control/database.ts'
import type { WorkspaceDocument } from '../catalog-schema/documents/documents.ts'
import { GuijiError } from '../src/errors/guiji-error.ts'
import { keepMonthsAhead } from '../src/history/months.ts'
import { migrate } from '../src/store/migrate.ts'
import { openStore, queries, type Store } from '../src/store/open-store.ts'
import { expandSettings } from '../src/workspace/expand-catalog.ts'
import { readSecret } from '../src/workspace/secrets.ts'
import { environment } from './environment.ts'
import type { GlobalOptions, Shell } from './shell.ts'
import { findWorkspace, readSettings } from './workspace-folder.ts'

/** An open workspace: its folder, its settings, its store brought to this version. Close it with `await using`. */
export interface Session extends AsyncDisposable {
  readonly directory: string
  readonly settings: WorkspaceDocument
  readonly store: Store
  readonly pool: pg.Pool
  readonly db: Kysely<ControlDatabase>
}

/**
 * @param wanted what the command line says of how many runs there will be at once
 * @throws GuijiError DOCUMENT_MISSING where neither a workspace nor a store is given, SECRET_MISSING, and what
 * `openStore` throws
 */
export async function openSession(
  shell: Shell,
  options: GlobalOptions,
  wanted: { readonly concurrency?: number } = {},
): Promise<Session> {
  const directory = await findWorkspace(options.workspace, process.cwd())
  const settings = await readSettings(directory)
  if (settings === undefined && options.store === undefined)
    throw new GuijiError('DOCUMENT_MISSING', { found: path.join(directory, 'guiji.yaml') })
  const address = options.store ?? settings?.store?.url
  const url = address === undefined ? undefined : await resolveAddress(address, directory)
  const concurrency = wanted.concurrency ?? settings?.concurrency ?? 2
  await using opening = new AsyncDisposableStack()
  const store = opening.use(
    await openStore({ directory, url, signal: shell.signal, maxConnections: concurrency + 6 }),
  )
  shell.storeTrouble.opened(store.url)
  await migrate(store.pool)
  await keepMonthsAhead(store.pool)
  const open = opening.move()
  return {
    directory,
    settings: settings ?? expandSettings({ name: path.basename(directory) }),
    store,
    pool: store.pool,
    db: queries<ControlDatabase>(store.pool),
    [Symbol.asyncDispose]: () => open.disposeAsync(),
  }
}

async function resolveAddress(address: string, directory: string): Promise<string> {
  return await readSecret(address, {
    environment,
    readFile: (file) => readFile(path.resolve(directory, file), 'utf8'),
  })
}
