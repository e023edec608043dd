/** A child process that answers `/rows?page=n` with the pages of a file. It tells its port and lives until it is ended. */
import { open } from 'node:fs/promises'
import { createServer } from 'node:http'
import type { JsonPages } from './made-files.ts'

process.once('message', async (pages: JsonPages) => {
  const file = await open(pages.file)
  const server = createServer(async (request, response) => {
    const url = new URL(request.url ?? '/', 'http://localhost')
    const page = Number(url.searchParams.get('page') ?? '1')
    const from = pages.offsets[page - 1]
    const to = pages.offsets[page]
    response.setHeader('content-type', 'application/json; charset=utf-8')
    if (url.pathname !== '/rows' || from === undefined || to === undefined) {
      response.end('{"code":0,"total":0,"data":{"rows":[]}}')
      return
    }
    const { buffer } = await file.read(Buffer.allocUnsafe(to - from), 0, to - from, from)
    response.end(buffer)
  })
  server.listen(0, '127.0.0.1', () => {
    const address = server.address()
    if (typeof address === 'object') process.send?.(address?.port)
  })
})
// Without its parent it has nothing to do.
process.once('disconnect', () => process.exit())
