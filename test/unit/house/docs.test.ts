/** The documents say what the code does: generated pages, links, commands, scripts and examples. */
import { access, mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises'
import os from 'node:os'
import path from 'node:path'
import { describe, expect, it } from 'vitest'
import { connectors } from '../../../connectors/index.ts'
import { errorsPage } from '../../../docs/write-errors.ts'
import { workspacePage } from '../../../docs/write-workspace.ts'
import packageDocument from '../../../package.json' with { type: 'json' }
import { errorTable } from '../../../src/errors/guiji-error.ts'
import { loadWorkspace } from '../../../src/workspace/load-workspace.ts'
import { faultOf, knownCommand } from './command-line.ts'
import { anchors, codeBlocks, localLinks, type Page, page, pages, writtenCommands } from './documents.ts'
import { root, sourceFiles } from './source-files.ts'

const all = await pages()
const english = await page('README.md')
const chinese = await page('README.zh-CN.md')

describe('generated pages', () => {
  it('docs/errors.md is the table of errors: run "npm exec -- node docs/write-errors.ts"', async () => {
    expect((await page('docs/errors.md')).text).toBe(errorsPage())
  })

  it('docs/errors.md leaves no error out', () => {
    const missing = Object.keys(errorTable).filter((code) => !errorsPage().includes(`| \`${code}\` |`))
    expect(missing).toEqual([])
  })

  it('docs/workspace.md is what the schemas say: run "npm exec -- node docs/write-workspace.ts"', async () => {
    expect((await page('docs/workspace.md')).text).toBe(workspacePage())
  })
})

describe('what the documents name', () => {
  it.each(all)('links of $file lead to a file and a heading', async (one) => {
    expect(await brokenLinks(one)).toEqual([])
  })

  it('every npm script is there', () => {
    const named = all.flatMap(({ file, text }) =>
      [...text.matchAll(/\bnpm run ([a-z][a-z:-]*)/g)].map(([, name = '']) => ({ file, name })),
    )
    expect(named.length).toBeGreaterThan(5)
    expect(named.filter(({ name }) => !Object.hasOwn(packageDocument.scripts, name))).toEqual([])
  })

  it('every command of guiji is there, with its options', async () => {
    const guiji = await knownCommand()
    expect([...guiji.below.keys()]).toContain('harvest')
    const commands = all.flatMap((one) => writtenCommands(one).map((line) => ({ file: one.file, line })))
    expect(commands.filter(({ line }) => /\bguiji harvest\b/.test(line)).length).toBeGreaterThan(5)
    const faults = commands.map(({ file, line }) => ({ file, fault: faultOf(line, guiji) }))
    expect(faults.filter(({ fault }) => fault !== undefined)).toEqual([])
  })

  it('a command or option that is not there would be seen', async () => {
    const guiji = await knownCommand()
    for (const line of [
      'guiji frobnicate',
      'guiji store down',
      'guiji apply --force',
      'psql "$(guiji store uri)"',
    ])
      expect(faultOf(line, guiji), line).toBeDefined()
  })

  it('every function and class of ARCHITECTURE.md is there', async () => {
    const { text } = await page('ARCHITECTURE.md')
    const names = [...text.matchAll(/`([A-Za-z]+[a-z][A-Z][A-Za-z]*)`/g)].map(([, name = '']) => name)
    expect(names.length).toBeGreaterThan(5)
    const code = (await sourceFiles()).filter(({ file }) => /^(src|jobs)\//.test(file))
    const isThere = (name: string) =>
      code.some(({ text: source }) => new RegExp(`(function|class|const) ${name}\\b`).test(source))
    expect(names.filter((name) => !isThere(name))).toEqual([])
  })

  it('the changelog has a section for this version', async () => {
    expect((await page('CHANGELOG.md')).text).toContain(`## [${packageDocument.version}]`)
  })
})

describe('README', () => {
  it('shows the same code in English and Chinese', () => {
    expect(codeBlocks(english).length).toBeGreaterThan(5)
    expect(codeBlocks(chinese)).toEqual(codeBlocks(english))
  })

  it('has the same sections and links in English and Chinese', () => {
    const shape = (one: Page) => one.text.match(/^#+(?= )/gm)
    expect(shape(chinese)).toEqual(shape(english))
    const targets = (one: Page) => localLinks(one).map(({ target }) => target.replace('.zh-CN', ''))
    expect(targets(chinese).sort()).toEqual(targets(english).sort())
  })

  it('adds a department with documents that are valid', async () => {
    const documents = codeBlocks(english).filter(({ language }) => language === 'yaml')
    expect(documents).toHaveLength(3)
    const directory = await mkdtemp(path.join(os.tmpdir(), 'guiji-readme-'))
    try {
      await writeFile(path.join(directory, 'guiji.yaml'), 'name: readme\n')
      for (const { text } of documents) {
        const file = path.join(directory, /^# (\S+)$/m.exec(text)?.[1] ?? '')
        await mkdir(path.dirname(file), { recursive: true })
        await writeFile(file, text)
      }
      const { workspace, problems } = await loadWorkspace(directory, connectors)
      expect(problems).toBeUndefined()
      expect(workspace?.datasets.map(({ code }) => code)).toEqual(['enterprise'])
      expect(workspace?.harvests.map(({ dataset }) => dataset)).toEqual(['enterprise'])
    } finally {
      await rm(directory, { recursive: true })
    }
  })
})

async function brokenLinks(from: Page): Promise<string[]> {
  const broken: string[] = []
  for (const { target, anchor } of localLinks(from)) {
    const file = target === '' ? from.file : path.posix.join(path.posix.dirname(from.file), target)
    const isThere = await access(path.join(root, file)).then(
      () => true,
      () => false,
    )
    if (!isThere) broken.push(target)
    else if (anchor !== '' && !anchors(await page(file)).includes(anchor)) broken.push(`${target}#${anchor}`)
  }
  return broken
}
