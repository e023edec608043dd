import type {
  DatasetTable,
  DepartmentTable,
  HarvestTable,
  ItemTable,
  SourceTable,
  VersionTable,
} from './tables/documents.ts'
import type { AttainmentTable, HistoryMonthTable, RollupTable, StandingTable } from './tables/history.ts'
import type {
  CalendarDayTable,
  CalendarYearTable,
  CommitmentTable,
  OccurrenceTable,
  SlotTable,
} from './tables/promises.ts'
import type {
  ActiveRunTable,
  DatasetStateTable,
  DoubtTable,
  LedgerTable,
  ParkedRunTable,
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
  'guiji.slot': SlotTable
  'guiji.calendar_year': CalendarYearTable
  'guiji.calendar_day': CalendarDayTable
  'guiji.run': RunTable
  'guiji.ledger': LedgerTable
  'guiji.publication': PublicationTable
  'guiji.dataset_state': DatasetStateTable
  'guiji.reject': RejectTable
  'guiji.doubt': DoubtTable
  'guiji.active_run': ActiveRunTable
  'guiji.parked_run': ParkedRunTable
  'guiji.history_month': HistoryMonthTable
  'guiji.rollup': RollupTable
  'guiji.attainment': AttainmentTable
  'guiji.standing': StandingTable
}
