/** Names and sizes of files: CONTRIBUTING.md, "House style". What biome can check is left to biome. */
import { readFile } from 'node:fs/promises'
import path from 'node:path'
import { describe, expect, it } from 'vitest'
import { allFiles, root, sourceFiles } from './source-files.ts'

const files = await allFiles()
const sources = await sourceFiles()

/** Say nothing about what is inside. */
const emptyWords = ['utils', 'util', 'helpers', 'helper', 'common', 'manager', 'service']

const mostLines = 300
/** Long because they list (cases, data, what a generator wrote), not because they do. */
const listing = [/^examples\/.*\/data\//, /^test\//, /\.schema\.json$/, /^docs\/.*\.md$/]

/** `read-runs.ts`, `run.test.ts`, `department.schema.json`, `0001-control.sql`; a folder may begin with a dot. */
const kebab = /^\.?[a-z0-9]+(?:-[a-z0-9]+)*(?:\.[a-z0-9]+(?:-[a-z0-9]+)*)*$/
const upper = ['README.md', 'RESULTS.md', '__snapshots__']

function parts(file: string): string[] {
  return file.split('/')
}

/** `createHelper` → create, helper. */
function wordsOf(name: string): string[] {
  return name
    .replaceAll(/([a-z0-9])([A-Z])/g, '$1 $2')
    .toLowerCase()
    .split(/[^a-z0-9]+/)
}

const declaration =
  /^export\s+(?:declare\s+)?(?:abstract\s+)?(?:async\s+)?(?:function\*?|class|interface|type|const|let)\s+([A-Za-z_$][\w$]*)/gm

describe('names', () => {
  it('of files and folders are kebab-case', () => {
    const wrong = files.filter((file) =>
      parts(file).some((part) => !kebab.test(part) && !upper.includes(part)),
    )
    expect(wrong).toEqual([])
  })

  it('of files and folders say what is inside', () => {
    const wrong = files.filter((file) => wordsOf(file).some((word) => emptyWords.includes(word)))
    expect(wrong).toEqual([])
  })

  it('of what a file gives to others say what it is', () => {
    const wrong = sources.flatMap(({ file, text }) =>
      [...text.matchAll(declaration)]
        .map((match) => match[1] ?? '')
        .filter((name) => wordsOf(name).some((word) => emptyWords.includes(word)))
        .map((name) => `${file}: ${name}`),
    )
    expect(wrong).toEqual([])
  })
})

describe('sizes', () => {
  it(`no file is longer than ${mostLines} lines`, async () => {
    const checked = files.filter((file) => !listing.some((one) => one.test(file)))
    const long: string[] = []
    for (const file of checked.filter((one) => /\.(ts|js|md|sql)$/.test(one))) {
      const lines = (await readFile(path.join(root, file), 'utf8')).split('\n').length - 1
      if (lines > mostLines) long.push(`${file}: ${lines} lines`)
    }
    expect(long).toEqual([])
  })
})
