import { setTimeout as sleep } from 'node:timers/promises'
import { request } from 'undici'
import type { RunEvent } from '../harvest/run-events.ts'
import { type LineageFacts, type LineageOptions, lineageEvent } from './lineage-event.ts'

export interface LineageSettings extends LineageOptions {
  readonly url: string
  readonly apiKey?: string
  readonly readFacts: (run: bigint) => Promise<LineageFacts | undefined>
  /** Told of an event that could not be sent. */
  readonly onFailure: (event: RunEvent, reason: string) => void
  readonly signal: AbortSignal
}

/** Takes the events of runs; disposing of it waits until all are sent. */
export interface Lineage extends AsyncDisposable {
  take(event: RunEvent): void
}

const attempts = 3
const attemptTimeout = 10_000

/**
 * Sends OpenLineage events one after another beside the runs: no run waits for them, none fails because of them. An
 * event that three attempts could not deliver is told and dropped: what is true of a run stands in the store.
 */
export function openLineageSender(settings: LineageSettings): Lineage {
  let last: Promise<void> = Promise.resolve()
  return {
    take(event) {
      if (event.event !== 'started' && event.event !== 'finished') return
      last = last.then(() =>
        send(settings, event).catch((error: unknown) => {
          settings.onFailure(event, error instanceof Error ? error.message : String(error))
        }),
      )
    },
    [Symbol.asyncDispose]: () => last,
  }
}

async function send(settings: LineageSettings, event: RunEvent & { readonly run: string }): Promise<void> {
  const facts = await settings.readFacts(BigInt(event.run))
  const body = facts && lineageEvent(event, facts, settings)
  if (body === undefined) return
  const text = lineageJson(body)
  for (let attempt = 1; ; attempt++) {
    const failure = await post(settings, text).catch((error: unknown) => error)
    if (failure === undefined) return
    if (attempt === attempts || settings.signal.aborted) throw failure
    await sleep(200 * 4 ** (attempt - 1), undefined, { signal: settings.signal })
  }
}

async function post({ url, apiKey, signal }: LineageSettings, text: string): Promise<Error | undefined> {
  const { statusCode, body } = await request(url, {
    method: 'POST',
    body: text,
    signal: AbortSignal.any([signal, AbortSignal.timeout(attemptTimeout)]),
    headers: {
      'content-type': 'application/json',
      ...(apiKey === undefined ? {} : { authorization: `Bearer ${apiKey}` }),
    },
  })
  await body.dump()
  return statusCode >= 200 && statusCode < 300 ? undefined : new Error(`the address answered ${statusCode}`)
}

/** JSON in which a bigint is a number with all its digits. */
export function lineageJson(value: object): string {
  return JSON.stringify(value, (_, one: unknown) => (typeof one === 'bigint' ? rawNumber(one) : one))
}

/** `JSON.rawJSON` (ECMAScript proposal, in Node since 21), which the types do not know yet. */
function rawNumber(value: bigint): unknown {
  const { rawJSON } = JSON as unknown as { readonly rawJSON: (text: string) => unknown }
  return rawJSON(String(value))
}
