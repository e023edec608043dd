import { readFile } from 'node:fs/promises'
import path from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import type { SourceDocument } from '../catalog-schema/documents/documents.ts'
import { connectors } from '../connectors/index.ts'
import type { Connector, OutboundRules, SourceSession } from '../src/connector.ts'
import { GuijiError } from '../src/errors/guiji-error.ts'
import { resolveSecrets } from '../src/workspace/secrets.ts'
import { environment } from './environment.ts'
import type { KnownSecrets } from './known-secrets.ts'

export { KnownSecrets } from './known-secrets.ts'

export const connectorsByKind: ReadonlyMap<string, Connector> = new Map(
  connectors.map((connector) => [connector.kind, connector]),
)

/** Opens a session with a source: its connector found, its secret references resolved. */
export async function openSource(
  source: SourceDocument,
  options: {
    readonly directory: string
    readonly secrets: KnownSecrets
    /** Where HTTP sources may lie: `outbound` of the workspace. */
    readonly outbound: OutboundRules | undefined
    readonly signal: AbortSignal
  },
): Promise<SourceSession> {
  const connector = connectorsByKind.get(source.kind)
  if (connector === undefined) {
    const known = [...connectorsByKind.keys()].join(', ')
    throw new GuijiError('CONNECTOR_UNKNOWN', { source: source.code, kind: source.kind, known })
  }
  const resolved = await resolveSecrets(source.config, connector.configSchema, environment, (file) =>
    readFile(path.resolve(options.directory, file), 'utf8'),
  )
  options.secrets.add(resolved.secrets)
  const { connections, requestsPerSecond } = source.politeness
  return await connector.open(resolved.config, {
    source: source.code,
    directory: options.directory,
    ...(options.outbound === undefined ? {} : { outbound: options.outbound }),
    politeness: { connections, ...(requestsPerSecond === undefined ? {} : { requestsPerSecond }) },
    clock: Date.now,
    sleep: (milliseconds, signal) => sleep(milliseconds, undefined, { signal }),
    random: Math.random,
    signal: options.signal,
  })
}
