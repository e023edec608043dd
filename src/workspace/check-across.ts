import { checkCodes } from './check-codes.ts'
import { checkConnectors } from './check-connectors.ts'
import { checkDatasets } from './check-datasets.ts'
import { checkHarvests } from './check-harvests.ts'
import { checkReferences } from './check-references.ts'
import type { Collected } from './collect.ts'
import type { ConnectorKind } from './load-workspace.ts'
import type { Problem } from './problem.ts'

/** What only shows when all documents are read together, or what a schema cannot say. */
export function checkAcross(
  collected: Collected,
  options: { readonly connectorKinds: readonly ConnectorKind[]; readonly complete: boolean },
): Problem[] {
  return [
    ...checkCodes(collected),
    ...(options.complete ? checkReferences(collected) : []),
    ...checkConnectors(collected, options.connectorKinds),
    ...checkDatasets(collected),
    ...checkHarvests(collected),
  ]
}
