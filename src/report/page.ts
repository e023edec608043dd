/** A count as it is (`bigint`: each format writes numbers its own way), a text, or nothing. */
export type PageCell = string | bigint | null

export interface PageColumn {
  readonly title: string
  readonly align?: 'left' | 'right'
}

export interface PageTable {
  readonly columns: readonly PageColumn[]
  readonly rows: readonly (readonly PageCell[])[]
  /** The last row adds the others up. */
  readonly totals?: boolean
}

export interface PageSection {
  readonly title: string
  /** Sentences above the table. */
  readonly texts: readonly string[]
  readonly table?: PageTable
}

/** A report in words of one language, not yet in any format. Texts are as they came: each format escapes them. */
export interface Page {
  readonly language: 'en' | 'zh'
  readonly title: string
  /** Below the title: what it covers, when it was made. */
  readonly lines: readonly string[]
  readonly sections: readonly PageSection[]
  /** Everything of every dataset in one table: what the CSV holds. */
  readonly detail: PageTable
}

/** `1234567n` → `1,234,567`: counts as people read them. */
export function cellText(cell: PageCell): string {
  return typeof cell === 'bigint' ? cell.toLocaleString('en-US') : (cell ?? '')
}
