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
  CalendarYearTable,
  CommitmentTable,
  OccurrenceTable,
} from './tables/promises.ts'
import type {
  DatasetStateTable,
  DoubtTable,
  LedgerTable,
  PublicationTable,
  RejectTable,
  RunTable,
} from './tables/runs.ts'
import type { SeatTable, SlotPlanTable, SlotTable, WorkerTable } from './tables/schedule.ts'

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
  'guiji.slot': SlotTable
  'guiji.slot_plan': SlotPlanTable
  'guiji.seat': SeatTable
  'guiji.worker': WorkerTable
  'guiji.calendar_year': CalendarYearTable
  'guiji.calendar_day': CalendarDayTable
  'guiji.run': RunTable
  'guiji.ledger': LedgerTable
  'guiji.publication': PublicationTable
  'guiji.dataset_state': DatasetStateTable
  'guiji.reject': RejectTable
  'guiji.doubt': DoubtTable
}
