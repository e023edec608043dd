import { mkdir, writeFile } from 'node:fs/promises'
import path from 'node:path'
import { stringify } from 'yaml'

/** What differs between the workspaces of the cases. */
export interface DocumentSpec {
  readonly dataset: {
    readonly code: string
    readonly name: string
    readonly items: readonly object[]
    readonly rules?: readonly object[]
  }
  readonly source: { readonly kind: string; readonly config: object }
  readonly read: object
  /** Mapping of items whose field is named otherwise. */
  readonly items?: object
}

/** Writes a workspace of one dataset and one harvest. */
export async function writeDocuments(workspace: string, spec: DocumentSpec): Promise<void> {
  const { code } = spec.dataset
  const dataset = {
    format: 'text',
    sharing: { type: 'unconditional', methods: ['file'], conditions: '无' },
    grading: { class: '公共数据', level: 'general' },
    commitment: 'monthly',
    ...spec.dataset,
  }
  const source = { code: 'system', name: 'system', department: 'bench', ...spec.source }
  const harvest = { dataset: code, source: 'system', read: spec.read, items: spec.items ?? {} }
  const documents: Record<string, unknown> = {
    'guiji.yaml': { name: 'bench', outbound: { allow: ['127.0.0.1'] } },
    'catalog/bench.yaml': { department: { code: 'bench', name: 'bench' }, datasets: [dataset] },
    'sources/system.yaml': { source },
    'harvests/bench.yaml': { harvests: [harvest] },
  }
  for (const [name, content] of Object.entries(documents)) {
    const target = path.join(workspace, name)
    await mkdir(path.dirname(target), { recursive: true })
    await writeFile(target, stringify(content))
  }
}
