import { cellText, type Page, type PageSection, type PageTable } from './page.ts'

/**
 * The page as one HTML file that needs nothing else: no script, no font, no picture, nothing is fetched. Printed, it
 * fits A4 sideways and repeats the titles of a table on every sheet.
 */
export function writeHtml(page: Page): string {
  return `<!doctype html>
<html lang="${page.language === 'zh' ? 'zh-CN' : 'en'}">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'unsafe-inline'">
<title>${escaped(page.title)}</title>
<style>
${style}
</style>
</head>
<body>
<h1>${escaped(page.title)}</h1>
${page.lines.map((line) => `<p class="line">${escaped(line)}</p>`).join('\n')}
${page.sections.map(sectionHtml).join('\n')}
</body>
</html>
`
}

const style = `body { font: 15px/1.6 "Noto Sans CJK SC", "Microsoft YaHei", "PingFang SC", sans-serif; color: #1a1a1a;
  max-width: 75rem; margin: 2rem auto; padding: 0 1rem; }
h1 { font-size: 1.6rem; text-align: center; }
h2 { font-size: 1.15rem; margin-top: 2rem; border-bottom: 2px solid #8a1c1c; }
p.line { text-align: center; color: #555; margin: 0.1rem 0; }
.table { overflow-x: auto; }
table { border-collapse: collapse; width: 100%; font-size: 13px; }
th, td { border: 1px solid #bbb; padding: 0.25rem 0.5rem; text-align: left; vertical-align: top; }
th { background: #f3eeee; }
.right { text-align: right; font-variant-numeric: tabular-nums; white-space: nowrap; }
tr.total { font-weight: bold; background: #faf7f7; }
@page { size: A4 landscape; margin: 15mm; }
@media print { body { margin: 0; max-width: none; font-size: 11px; } table { font-size: 10px; }
  thead { display: table-header-group; } tr, h2 { break-inside: avoid; } h2 { break-after: avoid; } }`

function sectionHtml({ title, texts, table }: PageSection): string {
  return `<section>
<h2>${escaped(title)}</h2>
${[...texts.map((text) => `<p>${escaped(text)}</p>`), ...(table === undefined ? [] : [tableHtml(table)])].join('\n')}
</section>`
}

function tableHtml({ columns, rows, totals }: PageTable): string {
  const side = (at: number) => (columns[at]?.align === 'right' ? ' class="right"' : '')
  const body = rows.map((row, number) => {
    const total = totals === true && number === rows.length - 1 ? ' class="total"' : ''
    return `<tr${total}>${row.map((cell, at) => `<td${side(at)}>${escaped(cellText(cell))}</td>`).join('')}</tr>`
  })
  return `<div class="table"><table>
<thead><tr>${columns.map(({ title }, at) => `<th scope="col"${side(at)}>${escaped(title)}</th>`).join('')}</tr></thead>
<tbody>
${body.join('\n')}
</tbody>
</table></div>`
}

const entities: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&#39;',
}

function escaped(text: string): string {
  return text.replaceAll(/[&<>"']/g, (character) => entities[character] ?? '')
}
