import type { AlertCheckTable, AlertDeliveryTable, AlertTable, VerificationTable } from './tables/alerts.ts'
import type {
  DatasetTable,
  DepartmentTable,
  HarvestTable,
  ItemTable,
  SourceHealthTable,
  SourceTable,
  VersionTable,
} from './tables/documents.ts'
import type { HistoryMonthTable, PeriodCountTable, RollupTable, StandingTable } from './tables/history.ts'
import type {
  CalendarDayTable,
  CalendarTable,
  CalendarYearTable,
  CommitmentTable,
  JudgementTable,
  OccurrenceTable,
  WaiverRevocationTable,
  WaiverTable,
} from './tables/promises.ts'
import type {
  ActiveRunTable,
  DatasetStateTable,
  DoubtTable,
  LeaseTable,
  LedgerTable,
  ParkedRunTable,
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
  'guiji.source_health': SourceHealthTable
  'guiji.harvest': HarvestTable
  'guiji.commitment': CommitmentTable
  'guiji.occurrence': OccurrenceTable
  'guiji.judgement': JudgementTable
  'guiji.waiver': WaiverTable
  'guiji.waiver_revocation': WaiverRevocationTable
  'guiji.slot': SlotTable
  'guiji.calendar': CalendarTable
  'guiji.slot_plan': SlotPlanTable
  'guiji.seat': SeatTable
  'guiji.worker': WorkerTable
  'guiji.calendar_year': CalendarYearTable
  'guiji.calendar_day': CalendarDayTable
  'guiji.run': RunTable
  'guiji.lease': LeaseTable
  'guiji.ledger': LedgerTable
  'guiji.publication': PublicationTable
  'guiji.dataset_state': DatasetStateTable
  'guiji.reject': RejectTable
  'guiji.doubt': DoubtTable
  'guiji.alert': AlertTable
  'guiji.alert_delivery': AlertDeliveryTable
  'guiji.alert_check': AlertCheckTable
  'guiji.verification': VerificationTable
  'guiji.active_run': ActiveRunTable
  'guiji.parked_run': ParkedRunTable
  'guiji.history_month': HistoryMonthTable
  'guiji.rollup': RollupTable
  'guiji.period_count': PeriodCountTable
  'guiji.standing': StandingTable
}
