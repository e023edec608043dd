import { lookup } from 'node:dns/promises'
import { once } from 'node:events'
import { connect as openSocket } from 'node:net'
import type { ConnectorContext, SourceSession, TestStep, Text } from '../../src/connector.ts'
import { GuijiError } from '../../src/errors/guiji-error.ts'
import { retryWait } from '../../src/http/retry.ts'
import { openPatiently } from '../../src/records/patient-listing.ts'
import { type Connection, connect } from './client.ts'
import { type Address, addressText } from './config.ts'
import { discoverTables } from './discover.ts'
import { connectSeconds, explain, isPassing } from './failure.ts'
import { openListing } from './listing.ts'

/** A conversation with one server. Each reading has a connection of its own, because it has a snapshot of its own. */
export function openSession(address: Address, context: ConnectorContext): SourceSession {
  return {
    test: () => testSteps(address, context),
    async *discover() {
      await using connection = await connect(address, context, context.signal)
      yield* discoverTables(connection)
    },
    async list(request) {
      const signal = AbortSignal.any([context.signal, request.signal])
      const open = async () => {
        const connection = await connect(address, context, signal)
        try {
          return await openListing(connection, { ...request, signal })
        } catch (error) {
          await connection[Symbol.asyncDispose]()
          throw error
        }
      }
      return await openPatiently({ open, again: (error, attempt) => again(error, attempt, context, signal) })
    },
    async [Symbol.asyncDispose]() {},
  }
}

/** Attempts after the first. */
const retries = 3

/** Waits before another attempt, where the failure is one that passes. */
async function again(
  error: unknown,
  attempt: number,
  { sleep, random }: ConnectorContext,
  signal: AbortSignal,
): Promise<boolean> {
  signal.throwIfAborted()
  if (attempt > retries || !isPassing(error)) return false
  await sleep(retryWait(attempt, undefined, random), signal)
  return true
}

/** Name, connection, sign-in, permission: the first that fails is the last that is told. */
async function* testSteps(address: Address, context: ConnectorContext): AsyncGenerator<TestStep> {
  const found = await step(context, { en: 'name resolution', zh: '域名解析' }, async () => {
    const { address: ip } = await lookup(address.host)
    return { detail: `${address.host} is ${ip}`, value: ip }
  })(address)
  yield found.step
  if (!found.step.ok) return
  const reached = await step(context, { en: 'connection', zh: '网络连接' }, async () => {
    await reach(address, context.signal)
    return { detail: addressText(address), value: true }
  })(address)
  yield reached.step
  if (!reached.step.ok) return
  const signedIn = await step(context, { en: 'sign-in', zh: '登录' }, async () => {
    const connection = await connect(address, context, context.signal)
    return { detail: `user ${address.user}, ${connection.server.name}`, value: connection }
  })(address)
  yield signedIn.step
  if (!signedIn.value) return
  await using connection = signedIn.value
  yield (await step(context, { en: 'permission', zh: '读取权限' }, () => readable(connection))(address)).step
}

interface Outcome<Value> {
  readonly detail: string
  readonly value: Value
}

/** Runs one step and times it; a failure becomes part of the step. */
function step<Value>(context: ConnectorContext, name: Text, work: () => Promise<Outcome<Value>>) {
  return async (address: Address): Promise<{ readonly step: TestStep; readonly value?: Value }> => {
    const begun = context.clock()
    try {
      const { detail, value } = await work()
      return { step: { name, ok: true, detail, milliseconds: context.clock() - begun }, value }
    } catch (error) {
      context.signal.throwIfAborted()
      const { user, database } = address
      const failure = explain(error, {
        source: context.source,
        address: addressText(address),
        user,
        database,
      })
      return {
        step: {
          name,
          ok: false,
          detail: failure.fact('en'),
          milliseconds: context.clock() - begun,
          error: failure,
          ...(failure.blame ? { cause: failure.blame } : {}),
        },
      }
    }
  }
}

async function reach(address: Address, signal: AbortSignal): Promise<void> {
  const socket = openSocket({ host: address.host, port: address.port, timeout: connectSeconds * 1000 })
  socket.once('timeout', () => socket.destroy(Object.assign(new Error('timeout'), { code: 'ETIMEDOUT' })))
  try {
    await once(socket, 'connect', { signal })
  } finally {
    socket.destroy()
  }
}

/** A user that can sign in but sees nothing is as good as locked out. */
async function readable(connection: Connection): Promise<Outcome<number>> {
  let tables = 0
  for await (const _ of discoverTables(connection)) tables++
  if (tables > 0) return { detail: `${tables} tables and views can be read`, value: tables }
  throw new GuijiError('SOURCE_FORBIDDEN', {
    source: connection.undertaking.source,
    object: `database ${connection.undertaking.database}`,
    detail: 'no table or view can be read',
  })
}
