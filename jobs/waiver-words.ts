import type { WaiverRecord } from '../src/store/read-waivers.ts'
import { outcomeText } from './outcome-text.ts'
import type { Shell } from './shell.ts'
import { instantText, shortInstant } from './terminal/format.ts'
import { formatTable } from './terminal/table.ts'

/** A waiver for programs: instants with the workspace zone's offset. */
export function waiverJson(waiver: WaiverRecord, zone: string): object {
  const instant = (at: Date | null) => (at === null ? null : instantText(at, zone))
  const { until, recordedAt, revokedAt, ...rest } = waiver
  return { ...rest, until: instant(until), recordedAt: instant(recordedAt), revokedAt: instant(revokedAt) }
}

export function waiverTable(
  { say, language }: Shell,
  waivers: readonly WaiverRecord[],
  zone: string,
): string[] {
  return formatTable(
    [
      { title: say('waive.id'), align: 'right' },
      { title: say('status.code') },
      { title: say('promise.period') },
      { title: say('waive.until') },
      { title: say('waive.reason'), max: 40 },
      { title: say('waive.by'), max: 30 },
      { title: say('waive.recorded') },
      { title: say('promise.outcome') },
    ],
    waivers.map((waiver) => [
      String(waiver.id),
      waiver.dataset,
      waiver.period,
      waiver.until === null ? say('waive.not-owed') : shortInstant(waiver.until, zone),
      waiver.reason,
      waiver.announcedBy,
      `${shortInstant(waiver.recordedAt, zone)} ${waiver.recordedBy}`,
      waiver.revokedAt === null
        ? outcomeText(waiver.outcome, language)
        : say('waive.revoked', { at: shortInstant(waiver.revokedAt, zone), by: waiver.revokedBy ?? '' }),
    ]),
  )
}
