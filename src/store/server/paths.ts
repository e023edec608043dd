import { join } from 'node:path'

/** Where the embedded store of a workspace lies. */
export interface StorePaths {
  readonly workspace: string
  readonly folder: string
  /** PostgreSQL's data directory. */
  readonly data: string
  /** A data directory that initdb has not finished. */
  readonly unfinished: string
  readonly identity: string
  /** PostgreSQL's log. */
  readonly log: string
  readonly keeperLog: string
}

export function storePaths(workspace: string): StorePaths {
  const folder = join(workspace, '.guiji')
  return {
    workspace,
    folder,
    data: join(folder, 'pg'),
    unfinished: join(folder, 'pg.new'),
    identity: join(folder, 'store.json'),
    log: join(folder, 'pg.log'),
    keeperLog: join(folder, 'keeper.log'),
  }
}
