/** The whole list of the first case: 15 departments, 123 datasets. Synthetic, except the divisions. */
import { seedOf } from '../generator/hash.ts'
import { civilAffairs } from './civil-affairs.ts'
import { disabledPersons } from './disabled-persons.ts'
import { ecologyEnvironment } from './ecology-environment.ts'
import { education } from './education.ts'
import { emergencyManagement } from './emergency-management.ts'
import { health } from './health.ts'
import { housingConstruction } from './housing-construction.ts'
import { housingFund } from './housing-fund.ts'
import { humanResources } from './human-resources.ts'
import { marketRegulation } from './market-regulation.ts'
import { medicalInsurance } from './medical-insurance.ts'
import { naturalResources } from './natural-resources.ts'
import { publicSecurity } from './public-security.ts'
import { tax } from './tax.ts'
import { transport } from './transport.ts'
import type { Dataset, DatasetEntry, Department, SystemKey } from './types.ts'

export const departments: readonly Department[] = [
  publicSecurity,
  civilAffairs,
  humanResources,
  marketRegulation,
  naturalResources,
  housingConstruction,
  transport,
  health,
  medicalInsurance,
  education,
  ecologyEnvironment,
  tax,
  housingFund,
  disabledPersons,
  emergencyManagement,
]

export const datasets: readonly Dataset[] = departments.flatMap((department, index) =>
  department.datasets.map((entry, position) => complete(department, index, entry, position)),
)

/** The code of a department's source document. */
export function sourceCode(department: Department, system: SystemKey): string {
  return `${department.code}_${system}`
}

export function datasetByCode(code: string): Dataset {
  const found = datasets.find((dataset) => dataset.code === code)
  if (found === undefined) throw new RangeError(`no dataset ${code} in the list`)
  return found
}

function complete(department: Department, index: number, entry: DatasetEntry, position: number): Dataset {
  const source = department.systems[entry.system]
  if (source === undefined) throw new RangeError(`${department.code} has no system ${entry.system}`)
  return {
    ...entry,
    department,
    source,
    sourceCode: sourceCode(department, entry.system),
    mode: entry.mode ?? 'snapshot',
    resourceCode: `3070131100${String(index + 1).padStart(2, '0')}/${String(position + 1).padStart(6, '0')}`,
    seed: seedOf(entry.code),
  }
}
