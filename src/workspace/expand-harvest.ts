import type {
  HarvestDocument,
  ItemMapping,
  SourceDocument,
} from '../../catalog-schema/documents/documents.ts'

type WrittenMapping = Partial<Omit<ItemMapping, 'empty'>> & { readonly empty?: ItemMapping['empty'] | null }
type Replaced = 'mode' | 'items' | 'cursor' | 'deletions' | 'enabled'
/** A harvest as the schema lets it be written. */
export type WrittenHarvest = Omit<HarvestDocument, Replaced> & {
  readonly mode?: HarvestDocument['mode']
  readonly items?: Readonly<Record<string, string | WrittenMapping>>
  readonly cursor?: string | NonNullable<HarvestDocument['cursor']>
  readonly deletions?: Partial<HarvestDocument['deletions']>
  readonly enabled?: boolean
}
/** A source as the schema lets it be written. */
export type WrittenSource = Omit<SourceDocument, 'politeness'> & {
  readonly politeness?: Partial<SourceDocument['politeness']>
}

export function expandSource(written: WrittenSource): SourceDocument {
  return { ...written, politeness: { connections: 2, ...written.politeness } }
}

/** A valid written harvest, every short form spelled out and every default filled in. */
export function expandHarvest(written: WrittenHarvest): HarvestDocument {
  const { cursor, items = {}, ...rest } = written
  return {
    mode: 'snapshot',
    enabled: true,
    ...rest,
    items: Object.fromEntries(
      Object.entries(items).map(([code, mapping]) => [code, expandMapping(code, mapping)]),
    ),
    deletions: { maxShare: 0.2, minRows: 100, keep: 'P7D', ...written.deletions },
    ...(cursor !== undefined && { cursor: typeof cursor === 'string' ? { field: cursor } : cursor }),
  }
}

/** `citizen_id: sfzh` is short for `citizen_id: {from: sfzh}`; without `from` the field is named like the item. */
function expandMapping(code: string, written: string | WrittenMapping): ItemMapping {
  if (typeof written === 'string') return { from: written, normalise: [], empty: 'null', nulls: [] }
  return { from: code, normalise: [], nulls: [], ...written, empty: written.empty ?? 'null' }
}
