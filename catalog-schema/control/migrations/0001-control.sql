-- The control tables: the documents as applied, the promises and their occurrences, the runs and their accounts.
-- Counts are bigint everywhere. Instants are timestamptz; local dates and times belong to a commitment's zone.

create schema if not exists guiji;
create schema if not exists store;
create schema if not exists gone;
create schema if not exists load;
create schema if not exists catalog;

comment on schema guiji is 'control tables of guiji 归集: documents, promises, runs, ledger';
comment on schema store is 'one typed table per dataset; analysts read the department schemas instead';
comment on schema gone is 'twins of the tables in store: rows that vanished from their source, until purged';
comment on schema load is 'tables of runs under way, not published';
comment on schema catalog is 'what analysts may know about every dataset: items, freshness, counts, runs, rejects';

-- Documents -----------------------------------------------------------------------------------------------------

create table guiji.version (
  id bigint generated always as identity primary key,
  applied_at timestamptz not null,
  applied_by text not null,
  digest text not null,
  changes jsonb not null,
  workspace jsonb not null
);

create table guiji.department (
  code text primary key,
  name text not null,
  parent text,
  contact jsonb,
  retired_at timestamptz
);

create table guiji.dataset (
  id bigint generated always as identity primary key,
  code text not null unique,
  name text not null,
  department text not null references guiji.department (code),
  table_name text not null unique,
  sharing_type text not null,
  definition jsonb not null,
  retired_at timestamptz
);

create table guiji.item (
  dataset_id bigint not null references guiji.dataset (id),
  code text not null,
  position int not null,
  name text not null,
  type text not null,
  is_key boolean not null,
  required boolean not null,
  semantic text,
  unit text,
  sensitivity text,
  description text,
  retired_at timestamptz,
  primary key (dataset_id, code)
);

create table guiji.source (
  code text primary key,
  name text not null,
  department text not null references guiji.department (code),
  kind text not null,
  definition jsonb not null,
  retired_at timestamptz
);

create table guiji.harvest (
  id bigint generated always as identity primary key,
  dataset_id bigint not null unique references guiji.dataset (id),
  source text not null references guiji.source (code),
  mode text not null check (mode in ('snapshot', 'incremental', 'append')),
  definition jsonb not null,
  enabled boolean not null,
  retired_at timestamptz
);

-- Promises ------------------------------------------------------------------------------------------------------

create table guiji.commitment (
  id bigint generated always as identity primary key,
  dataset_id bigint not null references guiji.dataset (id),
  cycle text not null,
  time_zone text not null,
  calendar text not null,
  due_time time not null,
  due_after_days int not null,
  grace_hours int,
  grace_working_days int,
  max_lag interval,
  satisfied_by text not null check (satisfied_by in ('check', 'change')),
  effective_from date not null,
  effective_to date,
  terms text not null default '',
  recorded_at timestamptz not null,
  unique (dataset_id, effective_from),
  check (effective_to is null or effective_to > effective_from)
);

create table guiji.occurrence (
  id bigint generated always as identity primary key,
  commitment_id bigint not null references guiji.commitment (id),
  dataset_id bigint not null references guiji.dataset (id),
  period text not null,
  period_start timestamptz not null,
  period_end timestamptz not null,
  due_at timestamptz not null,
  late_at timestamptz not null,
  outcome text not null default 'pending'
    check (outcome in ('pending', 'kept', 'late', 'missed', 'waived', 'void')),
  cause text,
  provisional boolean not null default false,
  kept_at timestamptz,
  run_id bigint,
  judged_at timestamptz,
  unique (commitment_id, period_start),
  check (period_end > period_start),
  check (late_at >= due_at)
);
comment on column guiji.occurrence.due_at is 'instant the data is promised for';
comment on column guiji.occurrence.late_at is 'due_at plus grace: kept up to here counts as kept';
create index occurrence_pending on guiji.occurrence (due_at) where outcome = 'pending';
create index occurrence_unkept on guiji.occurrence (period_end)
  where outcome = 'pending' or (outcome = 'late' and kept_at is null);
create index occurrence_of_dataset on guiji.occurrence (dataset_id, period_start desc);

create table guiji.slot (
  harvest_id bigint not null references guiji.harvest (id),
  instant timestamptz not null,
  state text not null default 'planned' check (state in ('planned', 'taken', 'done', 'skipped')),
  reason text,
  run_id bigint,
  primary key (harvest_id, instant)
);
create index slot_planned on guiji.slot (instant) where state = 'planned';

-- Runs and accounts ---------------------------------------------------------------------------------------------

create table guiji.run (
  id bigint generated always as identity primary key,
  harvest_id bigint not null references guiji.harvest (id),
  dataset_id bigint not null references guiji.dataset (id),
  slot_at timestamptz,
  state text not null check (state in
    ('queued', 'running', 'publishing', 'awaiting-approval', 'succeeded', 'partial', 'failed', 'cancelled', 'refused', 'lost')),
  mode text not null,
  lane text,
  worker text,
  fence bigint not null default 1,
  lease_until timestamptz,
  started_at timestamptz not null,
  finished_at timestamptz,
  read bigint not null default 0,
  accepted bigint not null default 0,
  inserted bigint not null default 0,
  updated bigint not null default 0,
  unchanged bigint not null default 0,
  deleted bigint not null default 0,
  restored bigint not null default 0,
  rejected bigint not null default 0,
  duplicate bigint not null default 0,
  declared bigint,
  held_before bigint,
  held_after bigint,
  bytes bigint not null default 0,
  complete boolean,
  unchanged_by text,
  plan jsonb,
  profile jsonb,
  cause text,
  error jsonb,
  check (state <> 'succeeded' or (
    read = accepted + rejected + duplicate
    and accepted = inserted + updated + unchanged
    and held_after = held_before + inserted + restored - deleted))
);
create unique index run_active on guiji.run (dataset_id) where state in ('queued', 'running', 'publishing');
create index run_of_dataset on guiji.run (dataset_id, id desc);
create index run_started on guiji.run (dataset_id, started_at);

create table guiji.ledger (
  id bigint generated always as identity primary key,
  run_id bigint not null references guiji.run (id),
  dataset_id bigint not null references guiji.dataset (id),
  chunk int not null,
  kind text not null check (kind in ('chunk', 'settle', 'correction')),
  at timestamptz not null default clock_timestamp(),
  read bigint not null default 0,
  accepted bigint not null default 0,
  rejected bigint not null default 0,
  duplicate bigint not null default 0,
  inserted bigint not null default 0,
  updated bigint not null default 0,
  unchanged bigint not null default 0,
  deleted bigint not null default 0,
  restored bigint not null default 0,
  bytes bigint not null default 0,
  place jsonb,
  unique (run_id, chunk),
  check (read = accepted + rejected + duplicate),
  check (accepted = inserted + updated + unchanged)
);
comment on table guiji.ledger is 'append-only: one balanced entry per committed chunk; a correction may hold negative numbers';
create index ledger_of_dataset on guiji.ledger (dataset_id, id desc);

create table guiji.publication (
  id bigint generated always as identity primary key,
  run_id bigint not null unique references guiji.run (id),
  dataset_id bigint not null references guiji.dataset (id),
  at timestamptz not null,
  held_after bigint not null,
  received_after bigint not null
);
create index publication_of_dataset on guiji.publication (dataset_id, id desc);

-- What is known of a dataset now: counts from the ledger, clocks, and what the next run compares with.
create table guiji.dataset_state (
  dataset_id bigint primary key references guiji.dataset (id),
  held bigint not null default 0 check (held >= 0),
  received bigint not null default 0,
  open_rejects bigint not null default 0,
  published_run bigint references guiji.run (id),
  source_published_at timestamptz,
  last_checked_at timestamptz,
  last_changed_at timestamptz,
  loaded_at timestamptz,
  visible_at timestamptz,
  complete_through timestamptz,
  last_snapshot_at timestamptz,
  token text,
  cursor text,
  seed text
);
comment on column guiji.dataset_state.seed is 'digest of mapping and items under which stored digests were made; another seed makes every record new';

create table guiji.reject (
  id bigint generated always as identity primary key,
  dataset_id bigint not null references guiji.dataset (id),
  digest bigint not null,
  reason text not null,
  column_name text,
  value text,
  message text not null,
  place jsonb not null,
  raw bytea not null,
  key text[],
  seed text not null,
  first_run bigint not null,
  last_run bigint not null,
  first_at timestamptz not null,
  last_at timestamptz not null,
  closed_run bigint,
  closed_at timestamptz
);
comment on column guiji.reject.key is 'key values as text where they could be read, so that the stored row is not taken for vanished';
create unique index reject_open on guiji.reject (dataset_id, digest) where closed_at is null;
create index reject_of_dataset on guiji.reject (dataset_id, id desc);

-- Rows that vanished while a record of the same listing was unreadable: they may be that record, so they stay.
create table guiji.doubt (
  dataset_id bigint not null references guiji.dataset (id),
  digest bigint not null,
  run_id bigint not null references guiji.run (id),
  primary key (dataset_id, digest)
);

-- Working-day calendars: days that differ from "Monday to Friday are worked".
create table guiji.calendar_year (
  calendar text not null,
  year int not null,
  notice text,
  primary key (calendar, year)
);
create table guiji.calendar_day (
  calendar text not null,
  day date not null,
  is_working boolean not null,
  name text,
  primary key (calendar, day)
);
comment on table guiji.calendar_year is 'years whose notice is known; a year that is not here is unknown, never guessed';
