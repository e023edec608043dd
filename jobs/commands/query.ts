import { pipeline } from 'node:stream/promises'
import { Option } from 'commander'
import pg from 'pg'
import { to as copyTo } from 'pg-copy-streams'
import { GuijiError } from '../../src/errors/guiji-error.ts'
import { valueTypes } from '../../src/store/server/value-types.ts'
import { type CommandMaker, newCommand, onCall, word } from '../command.ts'
import { readerUrl } from '../reader-url.ts'
import { openSession } from '../session.ts'
import type { ExitCode, GlobalOptions, Shell } from '../shell.ts'
import { countText, instantText } from '../terminal/format.ts'
import { formatTable } from '../terminal/table.ts'

interface QueryOptions extends GlobalOptions {
  readonly csv?: boolean
}

/** A table on a terminal ends here; --csv and --json give everything. */
const tableRows = 1000
const pageRows = 1000

export const queryCommand: CommandMaker = (shell, done) => {
  const texts = { about: 'help.query', example: 'guiji query "select * from catalog.freshness"' } as const
  const command = newCommand(shell, 'query', texts)
    .argument('<sql>', shell.say('argument.sql'))
    .addOption(new Option('--csv', shell.say('option.csv')))
  return onCall<QueryOptions>(command, done, (options, words) => query(shell, options, word(words, 0)))
}

/** Signs in as the analyst: what an analyst may not see, this command does not show. */
async function query(shell: Shell, options: QueryOptions, text: string): Promise<ExitCode> {
  const statement = text.replace(/[\s;]+$/, '')
  await using session = await openSession(shell, options)
  const zone = session.settings.timeZone
  const client = new pg.Client({
    connectionString: await readerUrl(session.store, 'analyst'),
    types: valueTypes,
    application_name: 'guiji query',
  })
  await client.connect()
  const stop = () => void client.end()
  shell.signal.addEventListener('abort', stop, { once: true })
  try {
    await client.query(
      `select set_config('timezone', $1, false), set_config('datestyle', 'ISO, YMD', false)`,
      [zone],
    )
    await client.query('begin read only')
    if (options.csv === true) await writeCsv(shell, client, statement)
    else if (options.json === true) await writeJson(shell, client, statement)
    else await writeTable(shell, client, statement, zone)
  } catch (error) {
    throw error instanceof pg.DatabaseError ? refused(shell, error) : error
  } finally {
    shell.signal.removeEventListener('abort', stop)
    await client.end()
  }
  return 0
}

function refused({ say }: Shell, error: pg.DatabaseError): GuijiError {
  const hint = error.hint ?? say('query.hint-catalog')
  return new GuijiError('QUERY_FAILED', { detail: error.message, hint }, { cause: error })
}

async function writeCsv({ signal }: Shell, client: pg.ClientBase, statement: string): Promise<void> {
  const stream = client.query(copyTo(`copy (${statement}\n) to stdout (format csv, header)`))
  await pipeline(stream, process.stdout, { signal, end: false })
}

/** One JSON object per row and line, page by page: the answer may be larger than memory. */
async function writeJson({ out, signal }: Shell, client: pg.ClientBase, statement: string): Promise<void> {
  await declare(client, `select to_jsonb(q)::text as row from (${statement}\n) q`)
  for (;;) {
    signal.throwIfAborted()
    const { rows } = await client.query<{ row: string }>(`fetch ${pageRows} from answer`)
    out.lines(rows.map(({ row }) => row))
    if (rows.length < pageRows) return
  }
}

async function writeTable(
  { out, say }: Shell,
  client: pg.ClientBase,
  statement: string,
  zone: string,
): Promise<void> {
  await declare(client, statement)
  const { fields, rows } = await client.query<unknown[]>({
    text: `fetch ${tableRows + 1} from answer`,
    rowMode: 'array',
  })
  const columns = fields.map(({ name }) => ({ title: name, max: 60 }))
  out.lines(
    formatTable(
      columns,
      rows.slice(0, tableRows).map((row) => row.map((value) => cellText(value, zone))),
    ),
  )
  if (rows.length > tableRows) out.line(say('query.cut', { count: countText(tableRows) }))
  else out.line(say('query.rows', { count: countText(rows.length) }))
}

/** The extended protocol takes one statement only. */
async function declare(client: pg.ClientBase, statement: string): Promise<void> {
  const query = { text: `declare answer no scroll cursor for ${statement}`, queryMode: 'extended' }
  await client.query(query)
}

function cellText(value: unknown, zone: string): string | null {
  if (value === null || value === undefined) return null
  if (value instanceof Date) return instantText(value, zone)
  if (Buffer.isBuffer(value)) return `\\x${value.toString('hex')}`
  return typeof value === 'object' ? JSON.stringify(value) : String(value)
}
