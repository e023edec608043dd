/** What stands around the records of a page. Numbers are kept as their source text, so none loses a digit. */
export type Envelope = unknown

/** Parses what is left of a page without its records; undefined where that is not JSON. */
export function parseEnvelope(rest: Buffer): Envelope {
  try {
    return JSON.parse(rest.toString('utf8'), keepSource)
  } catch {
    return undefined
  }
}

function keepSource(_key: string, value: unknown, context: { readonly source?: string } = {}): unknown {
  return typeof value === 'number' ? (context.source ?? String(value)) : value
}

/** The value at a dotted path as text; undefined where there is none, or null, or something with parts. */
export function textAt(envelope: Envelope, path: string): string | undefined {
  const value = valueAt(envelope, path)
  return typeof value === 'string' ? value : undefined
}

/** Whether something stands at a dotted path, be it null. */
export function isAt(envelope: Envelope, path: string): boolean {
  return valueAt(envelope, path) !== undefined
}

function valueAt(envelope: Envelope, path: string): unknown {
  let value = envelope
  for (const name of path.split('.')) {
    if (typeof value !== 'object' || value === null || !Object.hasOwn(value, name)) return undefined
    value = Reflect.get(value, name)
  }
  return value
}

/** A count, where the text is one. */
export function countAt(envelope: Envelope, path: string): bigint | undefined {
  const text = textAt(envelope, path)?.trim()
  return text !== undefined && /^\d+$/.test(text) ? BigInt(text) : undefined
}
