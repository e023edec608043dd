import { relative } from 'node:path'
import { sourceCode } from '../list/the-list.ts'
import type { Department, System, SystemKey } from '../list/types.ts'
import { signingKeyId } from '../systems/api-guard.ts'
import { type SourceAddresses, secretName } from '../systems/start-sources.ts'

/** `sources/<department>.yaml`: the systems of a department. Paths are written relative to the workspace. */
export function sourceDocument(
  department: Department,
  addresses: SourceAddresses,
  workspace: string,
): object {
  const systems = Object.entries(department.systems) as [SystemKey, System][]
  return {
    sources: systems.map(([key, system]) => {
      const code = sourceCode(department, key)
      return {
        code,
        name: `${system.name}(合成)`,
        department: department.code,
        kind: system.kind,
        config: configOf(system, code, `${department.code}/${key}`, addresses, workspace),
        politeness: politenessOf(system),
      }
    }),
  }
}

function configOf(
  system: System,
  code: string,
  folder: string,
  addresses: SourceAddresses,
  workspace: string,
): object {
  const secret = `env:${secretName(code)}`
  if (system.kind === 'postgres') {
    return { ...addresses.database, database: system.database, user: system.user, password: secret }
  }
  if (system.kind === 'http-json') {
    return { baseUrl: `${addresses.api}/${folder.split('/')[0]}`, auth: authOf(system, secret) }
  }
  return { root: relative(workspace, `${addresses.files}/${folder}`) }
}

function authOf(system: Extract<System, { kind: 'http-json' }>, secret: string): object {
  if (system.auth === 'bearer') return { kind: 'bearer', token: secret }
  if (system.auth === 'key') return { kind: 'key', token: secret, header: 'X-Api-Key' }
  return { kind: 'hmac', keyId: signingKeyId, secret }
}

function politenessOf(system: System): object {
  if (system.kind === 'http-json') return { connections: 2, requestsPerSecond: system.requestsPerSecond }
  return { connections: 2 }
}
