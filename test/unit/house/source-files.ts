import { readdir, readFile } from 'node:fs/promises'
import path from 'node:path'

export const root = path.resolve(import.meta.dirname, '../../..')

/** The folders of the project that hold code. */
export const folders = [
  'catalog-schema',
  'src',
  'connectors',
  'jobs',
  'bin',
  'docs',
  'examples',
  'bench',
  'test',
]

/** Made by running the project, or written by hand nowhere: see .gitignore. */
const made = ['examples/hengshui/workspace/', 'examples/hengshui/.sources/']

/** Paths of all files below the code folders, from the project's root, with `/`. */
export async function allFiles(): Promise<string[]> {
  const found: string[] = []
  for (const folder of folders) {
    for (const entry of await readdir(path.join(root, folder), { recursive: true, withFileTypes: true })) {
      const file = path.relative(root, path.join(entry.parentPath, entry.name)).replaceAll(path.sep, '/')
      if (entry.isFile() && !made.some((start) => file.startsWith(start))) found.push(file)
    }
  }
  return found.sort()
}

export interface SourceFile {
  readonly file: string
  readonly text: string
}

/** All TypeScript and JavaScript of the project, and what lies in `bin`. */
export async function sourceFiles(): Promise<SourceFile[]> {
  const files = (await allFiles()).filter((file) => /\.(ts|js)$/.test(file) || file === 'bin/guiji')
  return Promise.all(
    files.map(async (file) => ({ file, text: await readFile(path.join(root, file), 'utf8') })),
  )
}

/** What a file imports: other files of the project, from its root, and packages by their names. */
export interface Imports {
  readonly files: readonly string[]
  readonly packages: readonly string[]
}

const statement =
  /^\s*(?:import|export)\b[^'"`;]*?\bfrom\s*['"]([^'"]+)['"]|^\s*import\s*['"]([^'"]+)['"]|\b(?:import|require|resolve)\(\s*['"]([^'"]+)['"]|\bnew URL\(\s*['"](\.[^'"]+)['"],\s*import\.meta\.url/gm

/** Static and dynamic imports, re-exports, `require`, and files named relative to the module. */
export function importsOf({ file, text }: SourceFile): Imports {
  const names = [...text.matchAll(statement)].map((match) =>
    match.slice(1).find((name) => name !== undefined),
  )
  const named = names.filter((name) => name !== undefined)
  return {
    files: named
      .filter((name) => name.startsWith('.'))
      .map((name) => path.posix.join(path.posix.dirname(file), name).replace(/\/$/, ''))
      .filter((target) => target !== '.'),
    packages: named
      .filter((name) => !name.startsWith('.') && !name.startsWith('node:'))
      .map((name) => name.split('/', name.startsWith('@') ? 2 : 1).join('/')),
  }
}
