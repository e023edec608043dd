import { alertKindOf } from '../catalog-schema/vocabulary/alert-kinds.ts'
import type { AlertFacts, AlertMessage, Compose } from '../src/alerts/message.ts'
import type { Language } from '../src/errors/table.ts'
import { causeText } from './cause-text.ts'
import { chineseNumber } from './chinese-number.ts'
import { speaker } from './messages.ts'
import { instantText, shortInstant } from './terminal/format.ts'

/** Datasets that a message names one by one; the rest is counted. */
const mostNamed = 50

/** Messages in the language of those who get them, with instants of the workspace's zone. */
export function composer(language: Language, timeZone: string): Compose {
  const say = speaker(language)
  return (facts, event) => {
    const kind = alertKindOf(facts.kind)
    const severity = kind?.severity ?? 'error'
    const since = shortInstant(facts.openedAt, timeZone)
    return {
      event,
      alert: String(facts.id),
      kind: facts.kind,
      severity,
      ...(kind?.article === undefined ? {} : { article: kind.article }),
      source: facts.source,
      department: facts.department,
      cause: facts.cause,
      datasets: facts.datasets,
      openedAt: instantText(facts.openedAt, timeZone),
      closedAt: facts.closedAt === null ? null : instantText(facts.closedAt, timeZone),
      title: say(`alert.event.${event}`, {
        severity: say(`alert.severity.${severity}`),
        since,
        what: whatText(facts, language),
      }),
      text: textOf(facts, { language, timeZone }),
    }
  }
}

/** One line that says it all: `source unreachable: fgw_api, datasets: 30 (access blocked)`. */
export function whatText(facts: AlertFacts, language: Language): string {
  const say = speaker(language)
  const kind = alertKindOf(facts.kind)?.[language] ?? facts.kind
  const about = facts.source ?? facts.department ?? ''
  const count = facts.datasets.length
  const only = count === 1 ? facts.datasets[0] : undefined
  const subject =
    about === ''
      ? facts.datasets.slice(0, 3).join(', ')
      : count > 1
        ? say('alert.count', { subject: about, count })
        : [about, only ?? ''].filter((text) => text !== '').join(' · ')
  if (subject === '') return say('alert.of-nothing', { kind })
  if (facts.cause === null) return say('alert.of', { kind, subject })
  return say('alert.of-cause', { kind, subject, cause: causeText(facts.cause, language) })
}

function textOf(
  facts: AlertFacts,
  { language, timeZone }: { readonly language: Language; readonly timeZone: string },
): string {
  const say = speaker(language)
  const kind = alertKindOf(facts.kind)
  const { source, department, note, closedAt, datasets } = facts
  const lines = [
    say('alert.line.number', { id: facts.id }),
    say('alert.line.kind', { kind: kind?.[language] ?? facts.kind }),
    ...(kind?.article === undefined
      ? []
      : [
          say('alert.line.article', {
            article: language === 'zh' ? chineseNumber(kind.article) : kind.article,
          }),
        ]),
    ...(source === null ? [] : [say('alert.line.source', { source })]),
    ...(department === null ? [] : [say('alert.line.department', { department })]),
    ...(facts.cause === null ? [] : [say('alert.line.cause', { cause: causeText(facts.cause, language) })]),
    ...(note === null ? [] : [say('alert.line.note', { note })]),
    say('alert.line.since', { at: shortInstant(facts.openedAt, timeZone) }),
    ...(closedAt === null ? [] : [say('alert.line.until', { at: shortInstant(closedAt, timeZone) })]),
    ...(datasets.length === 0
      ? []
      : [say('alert.line.datasets', { count: datasets.length, datasets: named(datasets, language) })]),
  ]
  return lines.join('\n')
}

function named(datasets: readonly string[], language: Language): string {
  const shown = datasets.slice(0, mostNamed).join(', ')
  const count = datasets.length - mostNamed
  return count > 0 ? speaker(language)('alert.more', { datasets: shown, count }) : shown
}

/** What `guiji alerts test` sends. */
export function testMessage(
  language: Language,
  options: { readonly user: string; readonly at: string },
): AlertMessage {
  const say = speaker(language)
  return {
    event: 'test',
    alert: '0',
    kind: 'test',
    severity: 'warning',
    source: null,
    department: null,
    cause: null,
    datasets: [],
    openedAt: options.at,
    closedAt: null,
    title: say('alert.event.test'),
    text: say('alert.test', { user: options.user }),
  }
}
