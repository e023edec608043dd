import type { Socket } from 'node:net'
import { createInterface } from 'node:readline'
import { type ErrorCode, type ErrorDetails, errorTable, GuijiError } from '../../errors/guiji-error.ts'

/** What a guiji process says to the keeper of its workspace's store: one JSON object per line. */
export type ToKeeper =
  | { readonly type: 'lease'; readonly token: string }
  /** Gives the lease back; the answer is `released`. A connection that closes does the same unasked. */
  | { readonly type: 'release' }

/** What the keeper says. */
export type FromKeeper =
  /** The token is right; `ready` or `failed` follows, however long the server needs. */
  | { readonly type: 'starting' }
  | { readonly type: 'ready'; readonly port: number }
  | { readonly type: 'failed'; readonly failure: Failure }
  /** The token is not the one of store.json. */
  | { readonly type: 'refused' }
  /** The keeper is about to end: wait until the connection closes, then begin anew. */
  | { readonly type: 'stopping' }
  /** `last`: the server is being stopped; the connection closes when nothing of it is left. */
  | { readonly type: 'released'; readonly last: boolean }

/** An error on its way between processes. */
export interface Failure {
  readonly code: ErrorCode
  readonly details: ErrorDetails
  readonly cause: string
}

export function send(socket: Socket, message: ToKeeper | FromKeeper): void {
  if (!socket.destroyed) socket.write(`${JSON.stringify(message)}\n`)
}

export type Messages = AsyncGenerator<Readonly<Record<string, unknown>>, undefined>

/** The messages of a connection, until it closes or breaks. What is not a message ends them. */
export async function* messages(socket: Socket): Messages {
  const lines = createInterface({ input: socket })
  // A connection destroyed on this side gives no end of input.
  socket.once('close', () => lines.close())
  try {
    for await (const line of lines) {
      const message = parse(line)
      if (!message) return
      yield message
    }
  } catch {
    // A reset: that the connection broke is all there is to know.
  }
}

function parse(line: string): Record<string, unknown> | undefined {
  try {
    const value: unknown = JSON.parse(line)
    return typeof value === 'object' && value !== null ? { ...value } : undefined
  } catch {
    return undefined
  }
}

export function toFailure(error: unknown, otherwise: ErrorDetails): Failure {
  if (error instanceof GuijiError) {
    return { code: error.code, details: error.details, cause: causeText(error.cause) }
  }
  const reason = error instanceof Error ? error.message : String(error)
  return { code: 'STORE_START_FAILED', details: { ...otherwise, reason }, cause: causeText(error) }
}

/** The error that a keeper sent, as it was thrown there. */
export function fromFailure(failure: unknown): GuijiError {
  const { code, details, cause }: Partial<Record<keyof Failure, unknown>> = { ...Object(failure) }
  return new GuijiError(
    isErrorCode(code) ? code : 'STORE_START_FAILED',
    { ...Object(details) },
    {
      cause: new Error(String(cause)),
    },
  )
}

function isErrorCode(code: unknown): code is ErrorCode {
  return typeof code === 'string' && Object.hasOwn(errorTable, code)
}

function causeText(cause: unknown): string {
  if (cause instanceof Error) return cause.message
  return cause === undefined ? '' : String(cause)
}
