import { rm } from 'node:fs/promises'
import type { ServerResponse } from 'node:http'
import path from 'node:path'
import { describe, expect, test } from 'vitest'
import type { ControlDatabase } from '../../../catalog-schema/control/database.ts'
import type {
  CommitmentDocument,
  HarvestDocument,
  SourceDocument,
  Workspace,
} from '../../../catalog-schema/documents/documents.ts'
import type { CauseCode } from '../../../catalog-schema/vocabulary/causes.ts'
import { judge } from '../../../src/freshness/judge.ts'
import { verdicts } from '../../../src/freshness/verdicts.ts'
import { queries } from '../../../src/store/open-store.ts'
import { applyWorkspace } from '../../../src/workspace/apply-workspace.ts'
import { historyKept } from '../../../src/workspace/expand-catalog.ts'
import { httpServer, json, status } from '../../unit/http/server.ts'
import { type City, city, datasetOf, harvestOf } from '../harvest/city.ts'

/*
 * A daily dataset of Asia/Shanghai whose source is real: the 9th ends at 16:00Z and is due on the 10th at 00:00Z. It is
 * harvested once while all is well; then exactly one thing goes wrong, and the next harvest is tried in time.
 */
const listed = new Date('2026-11-09T00:00Z')
const firstRun = Date.parse('2026-11-09T02:00Z')
const tried = Date.parse('2026-11-09T17:00Z')
const deadline = new Date('2026-11-10T00:00:01Z')
const hoursLater = new Date('2026-11-10T03:00Z')

/** What a test may do to the city, its source and its list. */
interface Scene {
  readonly place: City
  /** What the HTTP source answers from now on. */
  behave: (response: ServerResponse) => void
  /** Changes the configuration of the HTTP source, or the list. */
  change(of: { readonly config?: object; readonly waivers?: Workspace['waivers'] }): Promise<unknown>
}

interface Play {
  readonly what: string
  readonly breakIt: (scene: Scene) => unknown
  readonly commitment?: Partial<CommitmentDocument>
  readonly harvest?: Partial<HarvestDocument>
  /** False: nobody starts the harvest. */
  readonly try?: boolean
  /** What is recorded and said, where it is not `late` for the cause. */
  readonly expected?: object
  readonly judgedAt?: Date
}

const six = [1, 2, 3, 4, 5, 6].map((at) => ({ id: String(at), title: `甲${at}` }))
const answering = (give: Scene['behave']) => (scene: Scene) => {
  scene.behave = give
}
const rows = (of: object) => answering((response) => json(response, { rows: of }))
const table = { source: 'base', read: { table: 'public.d' } }
const inDatabase = (statement: string) => (scene: Scene) => scene.place.database.pool.query(statement)

/** For every cause there is: what makes exactly that happen. */
const plays: Readonly<Record<CauseCode, readonly Play[]>> = {
  'source-unreachable:dns': [
    {
      what: 'its name is not resolved',
      breakIt: ({ change }) => change({ config: { baseUrl: 'http://no-such-host.invalid/' } }),
    },
  ],
  'source-unreachable:tls': [
    {
      what: 'it does not speak TLS',
      breakIt: async (scene) => {
        const found = await scene.place.database.pool.query<{ url: string }>(
          `select definition #>> '{config,baseUrl}' as url from guiji.source where code = 'web'`,
        )
        await scene.change({ config: { baseUrl: found.rows[0]?.url.replace('http:', 'https:') } })
      },
    },
  ],
  'source-unreachable:refused': [
    {
      what: 'nobody listens',
      breakIt: ({ change }) => change({ config: { baseUrl: 'http://127.0.0.1:1/' } }),
    },
  ],
  'source-unreachable:timeout': [{ what: 'it does not answer', breakIt: answering(() => {}) }],
  'source-unreachable:blocked': [
    { what: '403 of a firewall', breakIt: answering((response) => status(response, 403, 'blocked')) },
  ],
  'source-unreachable:credential': [
    {
      what: '401, the token has expired',
      breakIt: answering((response) => status(response, 401, 'expired')),
    },
  ],
  'source-wrong:schema': [
    {
      what: 'a column has another name',
      breakIt: inDatabase('alter table public.d rename column title to name'),
      harvest: table,
    },
  ],
  'source-wrong:truncated': [
    {
      what: 'the answer is cut off',
      breakIt: answering((response) => {
        response.writeHead(200, { 'content-type': 'application/json', 'content-length': '5000' })
        response.write('{"rows":[{"id":"1"', () => response.destroy())
      }),
    },
  ],
  'source-wrong:empty': [
    { what: 'an empty answer', breakIt: rows([]) },
    { what: 'an empty table', breakIt: inDatabase('delete from public.d'), harvest: table },
  ],
  'source-wrong:content': [
    {
      what: 'a page to log in',
      breakIt: answering((response) => status(response, 200, '<html>', { 'content-type': 'text/html' })),
    },
  ],
  'held-by-checks': [
    { what: 'most records do not fit', breakIt: rows(six.map(({ id }) => ({ id, title: null }))) },
  ],
  'awaiting-approval': [
    {
      what: 'too much vanished',
      breakIt: rows(six.slice(0, 2)),
      harvest: { deletions: { maxShare: 0.2, minRows: 1, keep: 'P7D' } },
    },
  ],
  'platform-did-not-run': [{ what: 'nobody started it', breakIt: () => {}, try: false }],
  'platform-failed': [
    {
      what: 'the store has lost what it needs',
      breakIt: async (scene) => {
        rows(six.slice(1))(scene)
        await inDatabase('alter schema load rename to lost')(scene)
      },
    },
  ],
  'not-published': [
    { what: 'new content is owed', breakIt: () => {}, commitment: { satisfiedBy: 'change' } },
    {
      what: 'the file is not there',
      breakIt: ({ place }) => rm(path.join(place.directory, 'drops', 'd.csv')),
      harvest: { source: 'files', read: { file: 'd.csv' } },
    },
  ],
  waived: [
    {
      what: 'a delay was announced',
      breakIt: async (scene) => {
        answering((response) => status(response, 403, 'moving house'))(scene)
        const waiver = { dataset: 'd', periods: ['2026-11-09'], reason: '机房搬迁', by: '李四' }
        await scene.change({ waivers: [{ ...waiver, until: '2026-11-10T18:00' }] })
      },
      expected: { outcome: 'waived', verdict: 'waived' },
    },
  ],
  'calendar-unknown': [
    {
      what: 'no notice is out for the days of grace',
      breakIt: answering((response) => status(response, 403, 'blocked')),
      commitment: { grace: { workingDays: 1 } },
      judgedAt: new Date('2026-11-11T00:00:01Z'),
      // What stood in the way is on record; nobody is accused of it yet.
      expected: { cause: 'source-unreachable:blocked', verdict: 'unknown', provisional: true },
    },
  ],
}

describe.each(Object.entries(plays) as [CauseCode, readonly Play[]][])('%s', (cause, all) => {
  test.each(all)('$what', async (played) => {
    const { run, atDeadline, later } = await play(played)
    const late = { outcome: 'late', cause, verdict: 'late', said: cause, provisional: false, held: 6 }
    expect(atDeadline).toEqual({ ...late, ...played.expected })
    expect(later).toEqual(atDeadline)
    if (played.expected === undefined) expect(run?.cause ?? cause).toBe(cause)
  })
})

async function play(played: Play) {
  let time = firstRun
  await using place = await city({ clock: () => time })
  await using server = await httpServer((_, response) => scene.behave(response))
  const config = { baseUrl: server.url, retries: 0, idleSeconds: 1 }
  const { pool } = place.database
  const apply = (workspace: Workspace) =>
    applyWorkspace(pool, workspace, { allowLoss: false, by: 'test', now: listed })
  const scene: Scene = {
    place,
    behave: (response) => json(response, { rows: six }),
    change: ({ config: other, waivers = [] }) =>
      apply({ ...workspaceOf(place, played, { ...config, ...other }), waivers }),
  }
  await place.write('d.csv', `id,title\n${six.map(({ id, title }) => `${id},${title}`).join('\n')}\n`)
  await pool.query(`create table public.d (id text primary key, title text);
    insert into public.d select n::text, 'a' || n from generate_series(1, 6) n`)
  await apply(workspaceOf(place, played, config))
  expect(await place.harvest('d')).toMatchObject({ state: 'succeeded', heldAfter: '6' })
  time = tried
  await played.breakIt(scene)
  const run = played.try === false ? undefined : await place.harvest('d')
  const atDeadline = await saidAt(place, played.judgedAt ?? deadline)
  const later = played.judgedAt === undefined ? await saidAt(place, hoursLater) : atDeadline
  return { run, atDeadline, later }
}

function workspaceOf(place: City, { commitment, harvest }: Play, web: object): Workspace {
  const items = [
    { code: 'id', type: 'text', key: true, required: true },
    { code: 'title', type: 'text', required: true },
  ] as const
  const dataset = datasetOf('d', items)
  const read = { path: '/rows', records: 'rows', query: {}, paging: { kind: 'none' } }
  const source = (code: string, kind: string, config: object): SourceDocument => {
    const politeness = { connections: 1 }
    return { code, name: code, department: 'dsj', kind, config: { ...config }, politeness }
  }
  return {
    directory: place.directory,
    settings: {
      name: 't',
      language: 'zh',
      timeZone: 'Asia/Shanghai',
      calendar: 'cn',
      concurrency: 1,
      history: historyKept,
    },
    departments: [{ code: 'dsj', name: '数据局' }],
    sources: [
      source('web', 'http-json', web),
      source('files', 'csv', { root: 'drops' }),
      source('base', 'postgres', { url: place.database.url }),
    ],
    datasets: [{ ...dataset, commitment: { ...dataset.commitment, from: '2026-11-09', ...commitment } }],
    harvests: [harvestOf('d', read, { source: 'web', ...harvest, items: {} })],
  }
}

/** What is recorded of the 9th, what the board says, and the rows that analysts see. */
async function saidAt({ database: { pool } }: City, now: Date) {
  const db = queries<ControlDatabase>(pool)
  await judge(db, { now })
  const { rows: found } = await pool.query<{ outcome: string; cause: string | null; provisional: boolean }>(
    `select outcome, cause, provisional from guiji.occurrence where period = '2026-11-09'`,
  )
  const [verdict] = await verdicts(db, { now })
  const view = await pool.query<{ n: number }>('select count(*)::int as n from dsj.d')
  return { ...found[0], verdict: verdict?.verdict, said: verdict?.cause, held: view.rows[0]?.n }
}
