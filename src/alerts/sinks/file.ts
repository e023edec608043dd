import { open } from 'node:fs/promises'
import type { Parcel, Sink } from '../message.ts'

/** Appends a message as one line of NDJSON and waits until it is on disk. */
export function fileSink(settings: {
  readonly name: string
  readonly path: string
  readonly clock: () => number
}): Sink {
  const { name, path, clock } = settings
  return {
    name,
    async deliver({ key, message }: Parcel): Promise<void> {
      await using file = await open(path, 'a', 0o640)
      const line = JSON.stringify({ key, at: new Date(clock()).toISOString(), ...message })
      await file.appendFile(`${line}\n`)
      await file.datasync()
    },
  }
}
