import { link, mkdir, rm, utimes } from 'node:fs/promises'
import path from 'node:path'

/** The folder a file source reads. Files are put there by link: the bytes are already in the system's memory. */
export class DropFolder {
  readonly #file: string
  #touched = 1

  constructor(workspace: string, name: string) {
    this.#file = path.join(workspace, 'drops', name)
  }

  async put(file: string): Promise<void> {
    await mkdir(path.dirname(this.#file), { recursive: true })
    await rm(this.#file, { force: true })
    await link(file, this.#file)
  }

  /** A new time, the same bytes. */
  async touch(): Promise<void> {
    this.#touched += 1
    await utimes(this.#file, this.#touched, this.#touched)
  }
}
