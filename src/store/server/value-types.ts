import pg from 'pg'

type Parser = (text: string) => unknown
interface ArrayColumn {
  readonly list: number
  readonly element: Parser
}

// pg's own list of type ids names scalars only.
const textArray: number = 1009
const asText: Parser = (text) => text

/** Types whose JavaScript value would lose digits or shift the day: by their PostgreSQL object id. */
const scalars = new Map<number, Parser>([
  [20, BigInt], // int8
  [1700, asText], // numeric
  [1082, asText], // date
  [1083, asText], // time
  [1266, asText], // timetz
  [1114, asText], // timestamp
  [1186, asText], // interval
])

const lists: readonly ArrayColumn[] = [
  { list: 1016, element: BigInt },
  { list: 1231, element: asText },
  { list: 1182, element: asText },
  { list: 1183, element: asText },
  { list: 1270, element: asText },
  { list: 1115, element: asText },
  { list: 1187, element: asText },
]

const parsers = new Map([...scalars, ...lists.map(({ list, element }) => [list, listOf(element)] as const)])

/**
 * How values arrive from the store: int8 as bigint, numeric, date, time, timestamp and interval as the server's
 * text, all else as `pg` does (timestamptz as Date, json parsed). Set per pool: other users of `pg` in this
 * process keep theirs.
 */
export const valueTypes: pg.CustomTypesConfig = {
  getTypeParser(oid: number, format?: 'text' | 'binary') {
    return (format !== 'binary' && parsers.get(oid)) || pg.types.getTypeParser(oid, format ?? 'text')
  },
}

function listOf(element: Parser): Parser {
  const split: Parser = pg.types.getTypeParser(textArray, 'text')
  return (text) => deep(split(text), element)
}

function deep(value: unknown, element: Parser): unknown {
  if (Array.isArray(value)) return value.map((inner) => deep(inner, element))
  return typeof value === 'string' ? element(value) : value
}
