import { createHash } from 'node:crypto'
import type { Kysely, Transaction } from 'kysely'
import type pg from 'pg'
import type { ControlDatabase } from '../../catalog-schema/control/database.ts'
import type { Workspace } from '../../catalog-schema/documents/documents.ts'
import { GuijiError } from '../errors/guiji-error.ts'
import { type Change, diffWorkspaces } from './diff-workspace.ts'

export interface Applied {
  /** The new version; absent where nothing changed. */
  readonly version?: bigint
  readonly changes: readonly Change[]
}
