import type { CalendarDocument, WaiverDocument } from '../../catalog-schema/documents/documents.ts'

/** A calendar as the schema lets it be written. */
export type WrittenCalendar = Partial<Omit<CalendarDocument, 'code' | 'years'>> & {
  readonly code: string
  readonly years?: readonly (Partial<CalendarDocument['years'][number]> & { readonly year: number })[]
}
/** A waiver as the schema lets it be written: one period, or a list of them. */
export type WrittenWaiver = Omit<WaiverDocument, 'periods'> & { readonly periods: string | readonly string[] }

export function expandCalendar(written: WrittenCalendar): CalendarDocument {
  return {
    restDays: ['saturday', 'sunday'],
    changes: [],
    ...written,
    years: (written.years ?? []).map((year) => ({ off: [], worked: [], ...year })),
  }
}

export function expandWaiver(written: WrittenWaiver): WaiverDocument {
  return { ...written, periods: [written.periods].flat() }
}
