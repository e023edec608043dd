import path from 'node:path'
import type { Kysely } from 'kysely'
import { Temporal } from 'temporal-polyfill'
import { request } from 'undici'
import type { ControlDatabase } from '../catalog-schema/control/database.ts'
import type { AlertsDocument, SinkDocument } from '../catalog-schema/documents/alert-documents.ts'
import type { WorkspaceDocument } from '../catalog-schema/documents/documents.ts'
import { type Checked, checkAlerts } from '../src/alerts/check-alerts.ts'
import type { Compose, Sink } from '../src/alerts/message.ts'
import type { AlertRules } from '../src/alerts/record-changes.ts'
import { emailSink } from '../src/alerts/sinks/email.ts'
import { fileSink } from '../src/alerts/sinks/file.ts'
import { webhookSink } from '../src/alerts/sinks/webhook.ts'
import { composer } from './alert-words.ts'
import type { KnownSecrets } from './known-secrets.ts'
import { secretValue } from './secret-value.ts'

/** Alerts as the workspace configures them. */
export interface Alerts {
  readonly sinks: readonly Sink[]
  readonly rules: AlertRules
  readonly compose: Compose
  /** Looks at everything once and sends what waits: after each tick, or from cron. */
  check(signal: AbortSignal): Promise<Checked>
}

interface AlertsOptions {
  readonly db: Kysely<ControlDatabase>
  readonly settings: WorkspaceDocument
  /** The workspace: paths in it are relative to it. */
  readonly directory: string
  readonly clock: () => number
  readonly secrets: KnownSecrets
}

const defaultCheckEvery = 'PT30M'

/**
 * Reads the `alerts` of the workspace; without any, incidents are recorded and nobody is told.
 *
 * @throws GuijiError SECRET_MISSING
 */
export async function openAlerts(options: AlertsOptions): Promise<Alerts> {
  const { db, settings, clock, secrets } = options
  const { alerts = {} } = settings
  const sinks: Sink[] = []
  for (const [name, document] of Object.entries(alerts.sinks ?? {}))
    sinks.push(await openSink(name, document, options))
  const address = alerts.heartbeat === undefined ? undefined : await secretValue(alerts.heartbeat, options)
  const rules = rulesOf(alerts)
  const compose = composer(alerts.language ?? settings.language, settings.timeZone)
  return {
    sinks,
    rules,
    compose,
    check: (signal) =>
      checkAlerts({
        db,
        clock,
        sinks,
        rules,
        compose,
        signal,
        redact: secrets.redact,
        checkEveryMilliseconds: millisecondsOf(alerts.checkEvery ?? defaultCheckEvery),
        ...(address === undefined ? {} : { heartbeat: (stop) => beat(address, stop) }),
      }),
  }
}

function rulesOf({ sinks = {}, to, escalation }: AlertsDocument): AlertRules {
  const first = to ?? Object.keys(sinks).filter((name) => escalation?.to.includes(name) !== true)
  if (escalation === undefined) return { to: first }
  const { after, to: second } = escalation
  return { to: first, escalation: { afterMilliseconds: millisecondsOf(after), to: second } }
}

async function openSink(name: string, document: SinkDocument, options: AlertsOptions): Promise<Sink> {
  const { clock, directory } = options
  switch (document.kind) {
    case 'webhook': {
      const url = await secretValue(document.url, options)
      return webhookSink({ name, url, secret: await secretValue(document.secret, options), clock })
    }
    case 'email': {
      const { kind: _, password, ...rest } = document
      if (password === undefined) return emailSink({ name, ...rest })
      return emailSink({ name, ...rest, password: await secretValue(password, options) })
    }
    case 'file':
      return fileSink({ name, path: path.resolve(directory, document.path), clock })
  }
}

async function beat(address: string, signal: AbortSignal): Promise<boolean> {
  try {
    const { statusCode, body } = await request(address, {
      signal: AbortSignal.any([signal, AbortSignal.timeout(10_000)]),
    })
    await body.dump()
    return statusCode >= 200 && statusCode < 300
  } catch {
    signal.throwIfAborted()
    return false
  }
}

/** Months and years of a duration count from the same day, so that the rules never change. */
function millisecondsOf(duration: string): number {
  return Temporal.Duration.from(duration).total({ unit: 'milliseconds', relativeTo: '2026-01-01' })
}
