import type pg from 'pg'

/**
 * Sends statements together and gives the rows of each: one way to the server and back instead of one for each, which
 * counts where a thread that is busy with the next records gets to read an answer only now and then. Such statements
 * take no parameters; only numbers that this program made itself may stand in them.
 */
export async function inOneGo<Row>(client: pg.ClientBase, statements: readonly string[]): Promise<Row[][]> {
  const answer: unknown = await client.query(statements.join(';\n'))
  const results = Array.isArray(answer) ? answer : [answer]
  return results.map((result: pg.QueryResult) => result.rows as Row[])
}
