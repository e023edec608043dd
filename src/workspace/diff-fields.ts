/** One value that differs. A value that is not there is undefined. */
export interface FieldChange {
  /** `sharing.methods`, `items.citizen_id.from`. */
  readonly path: string
  readonly before: unknown
  readonly after: unknown
}

/** The values that differ between two plain objects, by path, in order of path; lists are compared as a whole. */
export function diffFields(before: object, after: object): FieldChange[] {
  return differences(before, after, '').sort((a, b) => (a.path < b.path ? -1 : 1))
}

function differences(before: unknown, after: unknown, path: string): FieldChange[] {
  if (isPlain(before) && isPlain(after)) {
    const names = new Set([...Object.keys(before), ...Object.keys(after)])
    return [...names].flatMap((name) =>
      differences(own(before, name), own(after, name), path === '' ? name : `${path}.${name}`),
    )
  }
  return isSame(before, after) ? [] : [{ path, before, after }]
}

function isSame(a: unknown, b: unknown): boolean {
  if (Array.isArray(a) && Array.isArray(b)) {
    return a.length === b.length && a.every((value, index) => isSame(value, b[index]))
  }
  if (isPlain(a) && isPlain(b)) return differences(a, b, '').length === 0
  return Object.is(a, b)
}

/** `constructor` and the like are names an administrator may write; only own properties count. */
function own(value: Readonly<Record<string, unknown>>, name: string): unknown {
  return Object.hasOwn(value, name) ? value[name] : undefined
}

function isPlain(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}
