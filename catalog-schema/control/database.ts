import type {
  DatasetTable,
  DepartmentTable,
  HarvestTable,
  ItemTable,
  SourceTable,
  VersionTable,
} from './tables/documents.ts'
import type {
  CalendarDayTable,
  CalendarTable,
  CalendarYearTable,
  CommitmentTable,
  JudgementTable,
  OccurrenceTable,
  SlotTable,
  WaiverRevocationTable,
  WaiverTable,
} from './tables/promises.ts'
import type {
  DatasetStateTable,
  DoubtTable,
  LedgerTable,
  PublicationTable,
  RejectTable,
  RunTable,
} from './tables/runs.ts'

/** The control tables as kysely sees them. */
export interface ControlDatabase {
  'guiji.version': VersionTable
  'guiji.department': DepartmentTable
  'guiji.dataset': DatasetTable
  'guiji.item': ItemTable
  'guiji.source': SourceTable
  'guiji.harvest': HarvestTable
  'guiji.commitment': CommitmentTable
  'guiji.occurrence': OccurrenceTable
  'guiji.judgement': JudgementTable
  'guiji.waiver': WaiverTable
  'guiji.waiver_revocation': WaiverRevocationTable
  'guiji.slot': SlotTable
  'guiji.calendar': CalendarTable
  'guiji.calendar_year': CalendarYearTable
  'guiji.calendar_day': CalendarDayTable
  'guiji.run': RunTable
  'guiji.ledger': LedgerTable
  'guiji.publication': PublicationTable
  'guiji.dataset_state': DatasetStateTable
  'guiji.reject': RejectTable
  'guiji.doubt': DoubtTable
}
