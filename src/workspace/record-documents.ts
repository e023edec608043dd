import type pg from 'pg'
import type { Workspace } from '../../catalog-schema/documents/documents.ts'
import { layoutOf } from '../store/layout.ts'

/** Writes the documents into the control tables, set by set; what is no longer in the workspace is retired, not deleted. */
export async function recordDocuments(client: pg.ClientBase, workspace: Workspace, now: Date): Promise<void> {
  await recordDepartments(client, workspace, now)
  await recordDatasets(client, workspace, now)
  await recordItems(client, workspace, now)
  await recordSources(client, workspace, now)
  await recordHarvests(client, workspace, now)
}

async function recordDepartments(client: pg.ClientBase, workspace: Workspace, now: Date): Promise<void> {
  await client.query(
    `insert into guiji.department (code, name, parent, contact)
     select d->>'code', d->>'name', d->>'parent', d->'contact' from jsonb_array_elements($1::jsonb) d
     on conflict (code) do update set name = excluded.name, parent = excluded.parent, contact = excluded.contact,
       retired_at = null`,
    [JSON.stringify(workspace.departments)],
  )
  await retire(
    client,
    'guiji.department',
    workspace.departments.map((one) => one.code),
    now,
  )
}

async function recordDatasets(client: pg.ClientBase, workspace: Workspace, now: Date): Promise<void> {
  const rows = workspace.datasets.map(({ department, ...definition }) => ({
    code: definition.code,
    name: definition.name,
    department,
    table: layoutOf(definition).table,
    sharing: definition.sharing.type,
    definition,
  }))
  await client.query(
    `insert into guiji.dataset (code, name, department, table_name, sharing_type, definition)
     select d->>'code', d->>'name', d->>'department', d->>'table', d->>'sharing', d->'definition'
     from jsonb_array_elements($1::jsonb) d
     on conflict (code) do update set name = excluded.name, department = excluded.department,
       sharing_type = excluded.sharing_type, definition = excluded.definition, retired_at = null`,
    [JSON.stringify(rows)],
  )
  await client.query(
    `insert into guiji.dataset_state (dataset_id) select id from guiji.dataset on conflict do nothing`,
  )
  await retire(
    client,
    'guiji.dataset',
    rows.map((row) => row.code),
    now,
  )
}

async function recordItems(client: pg.ClientBase, workspace: Workspace, now: Date): Promise<void> {
  const rows = workspace.datasets.flatMap((dataset) =>
    dataset.items.map((item, position) => ({ dataset: dataset.code, position, ...item })),
  )
  await client.query(
    `insert into guiji.item (dataset_id, code, position, name, type, is_key, required, semantic, unit, sensitivity,
       description)
     select d.id, i->>'code', (i->>'position')::int, i->>'name', i->>'type', (i->>'key')::boolean,
       (i->>'required')::boolean, i->>'semantic', i->>'unit', i->>'sensitivity', i->>'description'
     from jsonb_array_elements($1::jsonb) i join guiji.dataset d on d.code = i->>'dataset'
     on conflict (dataset_id, code) do update set position = excluded.position, name = excluded.name,
       type = excluded.type, is_key = excluded.is_key, required = excluded.required, semantic = excluded.semantic,
       unit = excluded.unit, sensitivity = excluded.sensitivity, description = excluded.description, retired_at = null`,
    [JSON.stringify(rows)],
  )
  await client.query(
    `update guiji.item i set retired_at = $2 where i.retired_at is null and not exists (
       select from jsonb_array_elements($1::jsonb) r join guiji.dataset d on d.code = r->>'dataset'
       where d.id = i.dataset_id and r->>'code' = i.code)`,
    [JSON.stringify(rows.map(({ dataset, code }) => ({ dataset, code }))), now],
  )
}

async function recordSources(client: pg.ClientBase, workspace: Workspace, now: Date): Promise<void> {
  await client.query(
    `insert into guiji.source (code, name, department, kind, definition)
     select s->>'code', s->>'name', s->>'department', s->>'kind', s from jsonb_array_elements($1::jsonb) s
     on conflict (code) do update set name = excluded.name, department = excluded.department, kind = excluded.kind,
       definition = excluded.definition, retired_at = null`,
    [JSON.stringify(workspace.sources)],
  )
  await retire(
    client,
    'guiji.source',
    workspace.sources.map((one) => one.code),
    now,
  )
}

async function recordHarvests(client: pg.ClientBase, workspace: Workspace, now: Date): Promise<void> {
  await client.query(
    `insert into guiji.harvest (dataset_id, source, mode, definition, enabled)
     select d.id, h->>'source', h->>'mode', h, (h->>'enabled')::boolean
     from jsonb_array_elements($1::jsonb) h join guiji.dataset d on d.code = h->>'dataset'
     on conflict (dataset_id) do update set source = excluded.source, mode = excluded.mode,
       definition = excluded.definition, enabled = excluded.enabled, retired_at = null`,
    [JSON.stringify(workspace.harvests)],
  )
  await client.query(
    `update guiji.harvest h set retired_at = $2 where h.retired_at is null and not exists (
       select from guiji.dataset d where d.id = h.dataset_id and d.code = any ($1::text[]))`,
    [workspace.harvests.map((harvest) => harvest.dataset), now],
  )
}

async function retire(
  client: pg.ClientBase,
  table: 'guiji.department' | 'guiji.dataset' | 'guiji.source',
  kept: readonly string[],
  now: Date,
): Promise<void> {
  await client.query(
    `update ${table} set retired_at = $2 where retired_at is null and code <> all ($1::text[])`,
    [kept, now],
  )
}
