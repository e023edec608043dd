import type pg from 'pg'

/** One connection that takes in chunks, one after the other. */
export interface Writer {
  readonly client: pg.PoolClient
  /** Bytes of the transaction that is open; 0: none is. */
  open: number
  /** Ends when the writer is idle; fails when its chunk failed. */
  busy: Promise<void>
}

/** More writers than this do not help one table on the machines measured: JavaScript feeds two at most. */
const mostWriters = 2
/** Chunks smaller than this are not worth a second connection. */
const worthwhileBytes = 512 << 10

/** The connections of one run that load chunks side by side: the run's own, and another one once it pays. */
export class Writers implements AsyncDisposable {
  readonly #all: Writer[]
  readonly #lend: () => Promise<pg.PoolClient | undefined>
  #mayGrow: boolean

  /** `lend` gives another connection, or nothing where none is to be had at once. */
  constructor(client: pg.PoolClient, lend: () => Promise<pg.PoolClient | undefined>, mayGrow: boolean) {
    this.#all = [{ client, open: 0, busy: Promise.resolve() }]
    this.#lend = lend
    this.#mayGrow = mayGrow
  }

  get several(): boolean {
    return this.#all.length > 1
  }

  /** A writer that is idle. Fails when one of them failed. */
  async free(chunk: number, bytes: number): Promise<Writer> {
    if (this.#mayGrow && chunk >= 2 && bytes >= worthwhileBytes) await this.#grow()
    return await Promise.race(this.#all.map((writer) => writer.busy.then(() => writer)))
  }

  /** Ends when all are idle; what they have open is committed. */
  async finish(): Promise<void> {
    for (const writer of this.#all) {
      await writer.busy
      await commitOpen(writer)
    }
  }

  /** Waits for what is under way and takes back what is open. Never fails: the first error is the one that tells. */
  async abandon(): Promise<void> {
    for (const writer of this.#all) {
      await writer.busy.catch(() => {})
      await writer.client.query('rollback').catch(() => {})
    }
  }

  /** Gives back the connections that were lent. */
  async [Symbol.asyncDispose](): Promise<void> {
    for (const { client } of this.#all.slice(1)) {
      try {
        await client.query(
          `drop table if exists pg_temp.chunk; reset random_page_cost; set timezone to 'UTC'; set application_name to 'guiji'`,
        )
        client.release()
      } catch (error) {
        client.release(error instanceof Error ? error : true)
      }
    }
  }

  async #grow(): Promise<void> {
    this.#mayGrow = false
    const own = this.#all[0]
    if (own === undefined || this.#all.length >= mostWriters) return
    const client = await this.#lend()
    if (client === undefined) return
    // Both write to the run's totals: a transaction left open would keep the other waiting.
    await own.busy
    await commitOpen(own)
    this.#all.push({ client, open: 0, busy: Promise.resolve() })
  }
}

export async function commitOpen(writer: Writer): Promise<void> {
  if (writer.open === 0) return
  await writer.client.query('commit')
  writer.open = 0
}
