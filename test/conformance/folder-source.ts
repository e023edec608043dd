import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import os from 'node:os'
import path from 'node:path'

/** A folder of its own for one test, gone when disposed of. */
export interface TestFolder extends AsyncDisposable {
  readonly directory: string
  write(name: string, content: string | Buffer): Promise<void>
  read(name: string): Promise<Buffer>
  /** Leaves only the first bytes of a file. */
  cut(name: string, length: number): Promise<void>
}

export async function testFolder(): Promise<TestFolder> {
  const directory = await mkdtemp(path.join(os.tmpdir(), 'guiji-files-'))
  const at = (name: string) => path.join(directory, name)
  return {
    directory,
    write: (name, content) => writeFile(at(name), content),
    read: (name) => readFile(at(name)),
    cut: async (name, length) => writeFile(at(name), (await readFile(at(name))).subarray(0, length)),
    [Symbol.asyncDispose]: () => rm(directory, { recursive: true, force: true }),
  }
}

/** Records that are awkward in every format: quotes, separators, newlines, long numbers, empty and absent values. */
export const fields = ['code', 'name', 'amount', 'note']
export const records: readonly (readonly (string | null)[])[] = [
  ['110101', '多福巷社区', '12.50', 'a,b'],
  ['110102', 'say "hi"', '12345678901234567890', null],
  ['110103', 'two\nlines', '0.1', '𠮷野'],
  ['001', '甲；乙', '-3', 'x'],
]
