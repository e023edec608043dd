import type { Text } from '../connector.ts'
import type { Collected, Declared, Entry } from './collect.ts'
import { nearestWord } from './nearest-word.ts'
import type { Path } from './parse-document.ts'
import type { Problem } from './problem.ts'
import { createProblem, excerpt } from './problem.ts'
import { showPath } from './schema-problems.ts'

const kinds = {
  department: { en: 'department', zh: '部门' },
  dataset: { en: 'dataset', zh: '共享信息' },
  source: { en: 'source', zh: '源系统' },
  sink: { en: 'sink', zh: '发送渠道' },
  calendar: { en: 'calendar', zh: '工作日历' },
} satisfies Record<string, Text>

/** Calendars that guiji brings. */
const builtInCalendars = ['cn']

/** Names of departments, datasets, sources and calendars that nobody declares, and departments above themselves. */
export function checkReferences(collected: Collected): Problem[] {
  const { declared, departments, datasets, sources, harvests, waivers } = collected
  const calendars = [...builtInCalendars, ...declared.calendars.map(({ code }) => code)]
  return [
    ...departments.flatMap((entry) =>
      unknownIn(entry, 'parent', entry.value.parent, declared.departments, kinds.department),
    ),
    ...parentCycles(departments),
    ...sources.flatMap((entry) =>
      unknownIn(entry, 'department', entry.value.department, declared.departments, kinds.department),
    ),
    ...harvests.flatMap((entry) => [
      ...unknownIn(entry, 'dataset', entry.value.dataset, declared.datasets, kinds.dataset),
      ...unknownIn(entry, 'source', entry.value.source, declared.sources, kinds.source),
    ]),
    ...unknownSinks(collected.workspace),
    ...waivers.flatMap((entry) =>
      unknownIn(entry, 'dataset', entry.value.dataset, declared.datasets, kinds.dataset),
    ),
    ...datasets.flatMap((entry) => {
      const { calendar } = entry.value.commitment
      if (calendars.includes(calendar)) return []
      const known = calendars.toSorted()
      return [unknownName(entry, ['commitment', 'calendar'], calendar, { known, kind: kinds.calendar })]
    }),
  ]
}

/** A name that is not among the known ones, with the nearest that is. */
export function unknownName(
  entry: Entry<unknown>,
  step: Path,
  found: string,
  options: { readonly known: readonly string[]; readonly kind: Text; readonly atKey?: boolean },
): Problem {
  const path = [...entry.path, ...step]
  const place = options.atKey ? entry.document.placeOfKey(path) : entry.document.placeOf(path)
  const known = [...new Set(options.known)]
  const shown = known.slice(0, 30).join(', ')
  return createProblem(place, 'REFERENCE_UNKNOWN', {
    found: excerpt(found),
    expected: known.length > 30 ? `${shown}, …` : shown || '-',
    nearest: nearestWord(found, known),
    kind: options.kind,
    where: showPath(options.atKey ? path.slice(0, -1) : path),
  })
}

function unknownIn(
  entry: Entry<unknown>,
  property: string,
  found: string | undefined,
  declared: readonly Declared[],
  kind: Text,
): Problem[] {
  if (found === undefined || declared.some(({ code }) => code === found)) return []
  const known = declared.map(({ code }) => code).sort()
  return [unknownName(entry, [property], found, { known, kind })]
}

/** Sinks that alerts name without saying what they are. */
function unknownSinks(workspace: Collected['workspace']): Problem[] {
  const alerts = workspace?.value.alerts
  if (workspace === undefined || alerts === undefined) return []
  const known = Object.keys(alerts.sinks ?? {})
  const named = [
    ...(alerts.to ?? []).map((name, at) => ({ name, path: ['alerts', 'to', at] })),
    ...(alerts.escalation?.to ?? []).map((name, at) => ({ name, path: ['alerts', 'escalation', 'to', at] })),
  ]
  return named
    .filter(({ name }) => !known.includes(name))
    .map(({ name, path }) => unknownName(workspace, path, name, { known, kind: kinds.sink }))
}

/** Each ring of parents is reported once, at its first department. */
function parentCycles(departments: Collected['departments']): Problem[] {
  const parents = new Map(departments.map(({ value }) => [value.code, value.parent]))
  const reported = new Set<string>()
  return departments.flatMap((entry) => {
    const chain: string[] = []
    let code: string | undefined = entry.value.code
    while (code !== undefined && !chain.includes(code)) {
      chain.push(code)
      code = parents.get(code)
    }
    if (code !== entry.value.code || chain.some((one) => reported.has(one))) return []
    for (const one of chain) reported.add(one)
    const place = entry.document.placeOf([...entry.path, 'parent'])
    return [createProblem(place, 'PARENT_CYCLE', { found: code, expected: chain.join(', ') })]
  })
}
