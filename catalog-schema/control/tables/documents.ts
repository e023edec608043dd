import type { Generated, JSONColumnType } from 'kysely'
import type {
  Contact,
  DatasetDocument,
  HarvestDocument,
  SourceDocument,
  Workspace,
} from '../../documents/documents.ts'

/** One applied version of the workspace. */
export interface VersionTable {
  id: Generated<bigint>
  applied_at: Date
  applied_by: string
  digest: string
  changes: JSONColumnType<readonly unknown[]>
  workspace: JSONColumnType<Workspace>
}

export interface DepartmentTable {
  code: string
  name: string
  parent: string | null
  contact: JSONColumnType<Contact> | null
  retired_at: Date | null
}

export interface DatasetTable {
  id: Generated<bigint>
  code: string
  name: string
  department: string
  table_name: string
  sharing_type: string
  definition: JSONColumnType<DatasetDocument>
  retired_at: Date | null
}

export interface ItemTable {
  dataset_id: bigint
  code: string
  position: number
  name: string
  type: string
  is_key: boolean
  required: boolean
  semantic: string | null
  unit: string | null
  sensitivity: string | null
  description: string | null
  retired_at: Date | null
}

export interface SourceTable {
  code: string
  name: string
  department: string
  kind: string
  definition: JSONColumnType<SourceDocument>
  retired_at: Date | null
}

export interface SourceHealthTable {
  source: string
  state: 'closed' | 'open'
  failures: number
  code: string | null
  cause: string | null
  since: Date | null
  until: Date | null
  worker: string
  at: Date
}

export interface HarvestTable {
  id: Generated<bigint>
  dataset_id: bigint
  source: string
  mode: HarvestDocument['mode']
  definition: JSONColumnType<HarvestDocument>
  enabled: boolean
  retired_at: Date | null
}
