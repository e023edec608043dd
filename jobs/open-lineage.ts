import packageDocument from '../package.json' with { type: 'json' }
import { readLineage } from '../src/observe/read-lineage.ts'
import { type Lineage, openLineageSender } from '../src/observe/send-lineage.ts'
import { secretValue } from './secret-value.ts'
import type { Session } from './session.ts'
import type { Shell } from './shell.ts'

const nothing: Lineage = { take: () => {}, [Symbol.asyncDispose]: () => Promise.resolve() }

/**
 * Sends events of runs where the workspace says so (`openlineage` in guiji.yaml); else takes them and does nothing.
 *
 * @throws GuijiError SECRET_MISSING
 */
export async function openLineage(shell: Shell, { settings, directory, db }: Session): Promise<Lineage> {
  const { openlineage } = settings
  if (openlineage === undefined) return nothing
  const places = { directory, secrets: shell.secrets }
  const apiKey = openlineage.apiKey === undefined ? undefined : await secretValue(openlineage.apiKey, places)
  return openLineageSender({
    url: await secretValue(openlineage.url, places),
    ...(apiKey === undefined ? {} : { apiKey }),
    namespace: openlineage.namespace ?? settings.name,
    version: packageDocument.version,
    readFacts: (run) => readLineage(db, run),
    onFailure: (event, reason) =>
      shell.err.line(
        shell.say('lineage.failed', { event: event.event, reason: shell.secrets.redact(reason) }),
      ),
    signal: shell.signal,
  })
}
