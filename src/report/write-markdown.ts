import { cellText, type Page, type PageSection, type PageTable } from './page.ts'

/** The page as CommonMark with tables (GFM). */
export function writeMarkdown(page: Page): string {
  const head = [`# ${escaped(page.title)}`, page.lines.map((line) => `- ${escaped(line)}`).join('\n')]
  return `${[...head, ...page.sections.flatMap(sectionParts)].join('\n\n')}\n`
}

function sectionParts({ title, texts, table }: PageSection): string[] {
  const parts = [`## ${escaped(title)}`, ...texts.map(escaped)]
  return table === undefined ? parts : [...parts, tableText(table)]
}

function tableText({ columns, rows, totals }: PageTable): string {
  const line = (cells: readonly string[]) => `| ${cells.join(' | ')} |`
  const bold = (text: string) => (text === '' ? '' : `**${text}**`)
  return [
    line(columns.map(({ title }) => escaped(title))),
    line(columns.map(({ align }) => (align === 'right' ? '---:' : '---'))),
    ...rows.map((row, at) => {
      const texts = row.map((cell) => escaped(cellText(cell)))
      return line(totals === true && at === rows.length - 1 ? texts.map(bold) : texts)
    }),
  ].join('\n')
}

/** Text that means itself: nothing in it is markup, nothing ends the line or the cell. */
function escaped(text: string): string {
  return text
    .replaceAll(/\s+/g, ' ')
    .replaceAll(/[\\`*_[\]<>|~&$]/g, (character) => `\\${character}`)
    .replace(/^([#+-]|\d+[.)])(?=\s)/, '\\$1')
}
