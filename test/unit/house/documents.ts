import { readFile } from 'node:fs/promises'
import path from 'node:path'
import { allFiles, root } from './source-files.ts'

export interface Page {
  /** From the project's root. */
  readonly file: string
  readonly text: string
}

const atRoot = ['README.md', 'README.zh-CN.md', 'ARCHITECTURE.md', 'CONTRIBUTING.md', 'CHANGELOG.md']

/** Every Markdown page of the project. */
export async function pages(): Promise<Page[]> {
  const files = [...atRoot, ...(await allFiles()).filter((file) => file.endsWith('.md'))]
  return Promise.all(files.map(page))
}

export async function page(file: string): Promise<Page> {
  return { file, text: await readFile(path.join(root, file), 'utf8') }
}

export interface CodeBlock {
  readonly language: string
  readonly text: string
}

export function codeBlocks({ text }: Page): CodeBlock[] {
  return [...text.matchAll(/^```(\w*)\n(.*?)^```$/gms)].map(([, language = '', block = '']) => ({
    language,
    text: block,
  }))
}

export interface Link {
  readonly target: string
  readonly anchor: string
}

/** Links that lead to files or headings of the project; those to other sites are left out. */
export function localLinks({ text }: Page): Link[] {
  return [...withoutCode(text).matchAll(/\]\(([^)\s]+)\)/g)]
    .map(([, target = '']) => target)
    .filter((target) => !/^[a-z]+:/.test(target))
    .map((target) => ({ target: target.split('#')[0] ?? '', anchor: target.split('#')[1] ?? '' }))
}

/** What GitHub calls the headings of a page in links. */
export function anchors({ text }: Page): string[] {
  return [...withoutBlocks(text).matchAll(/^#+ (.+)$/gm)].map(([, heading = '']) =>
    heading
      .toLowerCase()
      .replaceAll(/[^\p{L}\p{N}\s_-]/gu, '')
      .trim()
      .replaceAll(/\s/g, '-'),
  )
}

/** Lines of shell blocks, code in running text, and what is quoted in messages: where commands are written. */
export function writtenCommands(page: Page): string[] {
  const inBlocks = codeBlocks(page)
    .filter(({ language }) => ['sh', 'bash', 'console'].includes(language))
    .flatMap(({ text }) => text.split('\n'))
  const prose = withoutBlocks(page.text)
  const indented = [...prose.matchAll(/^ {4}(\S.*)$/gm)]
  const spans = [...prose.matchAll(/`([^`\n]+)`/g)]
  const quoted = [...prose.matchAll(/"((?:guiji|npm) [^"\n]+)"/g)]
  return [...inBlocks, ...[...indented, ...spans, ...quoted].map(([, command = '']) => command)]
}

function withoutBlocks(text: string): string {
  return text.replaceAll(/^```.*?^```$/gms, '')
}

function withoutCode(text: string): string {
  return withoutBlocks(text).replaceAll(/`[^`\n]*`/g, '')
}
