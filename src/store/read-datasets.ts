import type pg from 'pg'
import { GuijiError } from '../errors/guiji-error.ts'
import { nearestWord } from '../workspace/nearest-word.ts'

/** A dataset on the list, as commands name it. */
export interface ListedDataset {
  readonly id: bigint
  readonly code: string
  readonly name: string
  readonly department: string
}

/**
 * The datasets of the given codes, all where none are given, by department and code.
 *
 * @throws GuijiError DATASET_UNKNOWN with the nearest code, DEPARTMENT_UNKNOWN
 */
export async function listedDatasets(
  pool: pg.Pool,
  choice: { readonly codes?: readonly string[]; readonly department?: string } = {},
): Promise<ListedDataset[]> {
  const { codes, department } = choice
  if (department !== undefined) await requireDepartment(pool, department)
  const found = codes === undefined ? await listed(pool) : await listedOf(pool, codes)
  for (const code of codes ?? []) {
    if (!found.some((row) => row.code === code)) throw unknownDataset(code, await listed(pool))
  }
  return department === undefined ? found : found.filter((row) => row.department === department)
}

export async function listedDataset(pool: pg.Pool, code: string): Promise<ListedDataset> {
  const [found] = await listedDatasets(pool, { codes: [code] })
  if (found === undefined) throw unknownDataset(code, [])
  return found
}

async function listed(pool: pg.Pool): Promise<ListedDataset[]> {
  const { rows } = await pool.query<ListedDataset>(
    `select id, code, name, department from guiji.dataset where retired_at is null order by department, code`,
  )
  return rows
}

async function listedOf(pool: pg.Pool, codes: readonly string[]): Promise<ListedDataset[]> {
  const { rows } = await pool.query<ListedDataset>(
    `select id, code, name, department from guiji.dataset
     where retired_at is null and code = any ($1::text[]) order by department, code`,
    [codes],
  )
  return rows
}

function unknownDataset(dataset: string, known: readonly ListedDataset[]): GuijiError {
  const words = [...known.map(({ code }) => code), ...known.map(({ name }) => name)]
  const near = nearestWord(dataset, words)
  const nearest = known.find(({ code, name }) => near === code || near === name)
  return new GuijiError('DATASET_UNKNOWN', { dataset, nearest: nearest?.code ?? '—' })
}

/** @throws GuijiError DEPARTMENT_UNKNOWN */
export async function requireDepartment(pool: pg.Pool, found: string): Promise<void> {
  const { rows } = await pool.query<{ code: string }>(
    'select code from guiji.department where retired_at is null order by code',
  )
  const codes = rows.map(({ code }) => code)
  if (!codes.includes(found)) {
    throw new GuijiError('DEPARTMENT_UNKNOWN', { found, suggestion: '', known: codes.join(', ') })
  }
}
