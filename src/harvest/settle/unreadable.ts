import { literal } from '../../store/identifiers.ts'
import type { Layout } from '../../store/layout.ts'

/**
 * Open rejects of dataset $1 without a key that can be read, first met in run `run` or since the last run before it
 * that was published: one met by a run that failed or waits is news to the next run too.
 */
export function unreadableSince(layout: Layout, run: string): string {
  const readable = keyParts(layout).map(({ text, type }) => isValid(text, type))
  const unreadable = layout.keyed ? `(${readable.join(' and ')}) is not true` : 'true'
  return `from guiji.reject r where r.dataset_id = $1 and r.closed_at is null and ${unreadable}
    and r.first_run <= ${run} and r.first_run > coalesce((select max(p.id) from guiji.run p
      where p.dataset_id = $1 and p.id < ${run} and p.state = 'succeeded' and p.unchanged_by is null), 0)`
}

/** The key of reject `r` as a row of the key's own types; a part that is no value of its type is null. */
export function typedKey(layout: Layout): string {
  const typed = keyParts(layout).map(
    ({ text, type }) => `case when ${isValid(text, type)} then ${text}::${type} end`,
  )
  return `(${typed.join(', ')})`
}

function keyParts(layout: Layout): { readonly text: string; readonly type: string }[] {
  return layout.identity.map((name, at) => ({
    text: `r.key[${at + 1}]`,
    type: layout.columns.find((column) => column.name === name)?.type ?? 'text',
  }))
}

function isValid(text: string, type: string): string {
  return `pg_input_is_valid(${text}, ${literal(type)})`
}
