import { once } from 'node:events'
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'

export interface TestServer extends AsyncDisposable {
  readonly url: string
  /** Path and query of every request, in order. */
  readonly asked: readonly string[]
}

export type Answer = (request: IncomingMessage, response: ServerResponse, nth: number) => void

/** A real HTTP server on a free port of this machine. `nth` counts the requests from 1. */
export async function httpServer(answer: Answer): Promise<TestServer> {
  const asked: string[] = []
  const server = createServer((request, response) => {
    asked.push(request.url ?? '')
    answer(request, response, asked.length)
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  const address = server.address()
  const port = typeof address === 'object' && address ? address.port : 0
  return {
    url: `http://127.0.0.1:${port}`,
    asked,
    async [Symbol.asyncDispose]() {
      server.closeAllConnections()
      server.close()
      await once(server, 'close')
    },
  }
}

export function json(response: ServerResponse, body: unknown, headers: Record<string, string> = {}): void {
  response.writeHead(200, { 'content-type': 'application/json; charset=utf-8', ...headers })
  response.end(JSON.stringify(body))
}

export function status(
  response: ServerResponse,
  code: number,
  body = '',
  headers: Record<string, string> = {},
): void {
  response.writeHead(code, { 'content-type': 'text/plain', ...headers })
  response.end(body)
}
