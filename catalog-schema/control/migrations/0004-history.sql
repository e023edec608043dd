-- History by month: runs, their ledger entries and their publications lie in one partition per month, so that what is
-- old goes by dropping a table and never slows what is new.
--
-- The key is the run's number, not a time. A unique constraint of a partitioned table must hold its partition key:
-- by number, `id`, `(run_id, chunk)` and one publication per run stay true keys of their tables, and every statement
-- that names a run touches one partition. So that numbers fall into months, a number begins with its month: the 42nd
-- run of October 2026 is 261000000042. Runs from before lie together in the partition `run_before`.
--
-- One active run per dataset cannot be a unique index here, since a run of September may still be under way in
-- October: the active runs have a small table of their own, `active_run`, whose primary key is the dataset and which
-- a trigger keeps. What must outlive the history (counts, digests, tokens, clocks, open rejects) refers to no run.
-- Nothing here is distributed on Citus: control tables stay on the coordinator, where all of this is plain PostgreSQL.

create function guiji.first_run_of(month date) returns bigint
  language sql immutable parallel safe strict
  return ((extract(year from month)::bigint - 2000) * 100 + extract(month from month)::bigint) * 100000000;

create sequence guiji.run_number;

-- Rises always, and leaps to the month's first number once a month. A month with more than a hundred million runs
-- goes on into the next month's numbers: still rising, still unique.
create function guiji.new_run_id() returns bigint
  language plpgsql volatile set search_path = pg_catalog, pg_temp as $$
  declare
    number bigint := nextval('guiji.run_number');
    first constant bigint := guiji.first_run_of((clock_timestamp() at time zone 'UTC')::date);
  begin
    if number > first then return number; end if;
    perform pg_advisory_xact_lock(7131102);
    if (select last_value from guiji.run_number) <= first then perform setval('guiji.run_number', first); end if;
    return nextval('guiji.run_number');
  end $$;

-- Identity and clocks refer to runs by number only: they stay when the runs are cleared.
alter table guiji.dataset_state drop constraint dataset_state_published_run_fkey;
alter table guiji.doubt drop constraint doubt_run_id_fkey;
-- A ledger entry and a publication are written in the transaction that holds their run's fence.
alter table guiji.ledger drop constraint ledger_run_id_fkey;
alter table guiji.publication drop constraint publication_run_id_fkey;
alter table guiji.run alter column id drop identity;
alter table guiji.ledger alter column id drop identity;
alter table guiji.publication alter column id drop identity;

alter table guiji.run rename to run_before;
alter index guiji.run_pkey rename to run_before_pkey;
alter index guiji.run_of_dataset rename to run_before_of_dataset;
alter index guiji.run_started rename to run_before_started;
drop index guiji.run_active;
alter table guiji.ledger rename to ledger_before;
alter table guiji.ledger_before drop constraint ledger_pkey, drop constraint ledger_run_id_chunk_key;
drop index guiji.ledger_of_dataset;
alter table guiji.publication rename to publication_before;
alter table guiji.publication_before drop constraint publication_pkey, drop constraint publication_run_id_key;
drop index guiji.publication_of_dataset;

create table guiji.run (like guiji.run_before including defaults including constraints) partition by range (id);
alter table guiji.run alter column id set default guiji.new_run_id(),
  add primary key (id),
  add foreign key (harvest_id) references guiji.harvest (id),
  add foreign key (dataset_id) references guiji.dataset (id);
create index run_of_dataset on guiji.run (dataset_id, id desc);
create index run_started on guiji.run (dataset_id, started_at);
create index run_unfinished on guiji.run (dataset_id)
  where state in ('queued', 'running', 'publishing', 'awaiting-approval');

create sequence guiji.ledger_number;
create table guiji.ledger (like guiji.ledger_before including defaults including constraints)
  partition by range (run_id);
alter table guiji.ledger alter column id set default nextval('guiji.ledger_number'),
  add primary key (run_id, chunk),
  add foreign key (dataset_id) references guiji.dataset (id);
create index ledger_of_dataset on guiji.ledger (dataset_id, run_id desc, chunk desc);
comment on table guiji.ledger is
  'append-only: one balanced entry per committed chunk; a correction may hold negative numbers';

create sequence guiji.publication_number;
create table guiji.publication (like guiji.publication_before including defaults including constraints)
  partition by range (run_id);
alter table guiji.publication alter column id set default nextval('guiji.publication_number'),
  add primary key (run_id),
  add foreign key (dataset_id) references guiji.dataset (id);
create index publication_of_dataset on guiji.publication (dataset_id, run_id desc)
  include (at, held_after, received_after);

select setval('guiji.ledger_number', coalesce((select max(id) from guiji.ledger_before), 0) + 1, false),
  setval('guiji.publication_number', coalesce((select max(id) from guiji.publication_before), 0) + 1, false);

alter table guiji.run attach partition guiji.run_before for values from (minvalue) to (100000000);
alter table guiji.ledger attach partition guiji.ledger_before for values from (minvalue) to (100000000);
alter table guiji.publication attach partition guiji.publication_before for values from (minvalue) to (100000000);
-- A month that nobody made in time costs no run: its rows wait here, and move when it is made.
create table guiji.run_rest partition of guiji.run default;
create table guiji.ledger_rest partition of guiji.ledger default;
create table guiji.publication_rest partition of guiji.publication default;

-- The months of which partitions were made. Once a month is over and no run of it is unfinished it is counted in
-- guiji.rollup for good (`rolled_at`); until then its rows are counted themselves. Later its details go.
create table guiji.history_month (
  month date primary key,
  from_run bigint not null,
  until_run bigint not null,
  last_at timestamptz,
  rolled_at timestamptz,
  chunks_cleared_at timestamptz,
  runs_cleared_at timestamptz
);
comment on column guiji.history_month.month is 'in UTC, as in the run numbers; -infinity: partition "before"';
comment on column guiji.history_month.last_at is 'end of the last of its runs, known when it is rolled up';
insert into guiji.history_month (month, from_run, until_run) values ('-infinity', 0, 100000000);

/*
 * Makes the partitions of a month where they are missing. Rows that came before them move out of the rest partition.
 * Taken for one caller at a time; waits for nobody longer than the caller's lock_timeout. True: something was made.
 */
create function guiji.add_month(of_month date) returns boolean
  language plpgsql volatile set search_path = pg_catalog, pg_temp as $$
  declare
    first_day constant date := date_trunc('month', of_month)::date;
    lower constant bigint := guiji.first_run_of(first_day);
    upper constant bigint := guiji.first_run_of((first_day + interval '1 month')::date);
    parent text;
  begin
    if exists (select from guiji.history_month m where m.month = first_day) then return false; end if;
    perform pg_advisory_xact_lock(7131103);
    if exists (select from guiji.history_month m where m.month = first_day) then return false; end if;
    foreach parent in array array['run', 'ledger', 'publication'] loop
      execute format('create table guiji.%I (like guiji.%I including defaults including constraints including generated)',
        parent || to_char(first_day, '_YYYYMM'), parent);
      execute format('lock table guiji.%I in access exclusive mode', parent || '_rest');
      execute format(
        'with moved as (delete from guiji.%1$I where %2$I >= %3$s and %2$I < %4$s returning *)
           insert into guiji.%5$I select * from moved',
        parent || '_rest', case parent when 'run' then 'id' else 'run_id' end, lower, upper,
        parent || to_char(first_day, '_YYYYMM'));
      execute format('alter table guiji.%I attach partition guiji.%I for values from (%s) to (%s)',
        parent, parent || to_char(first_day, '_YYYYMM'), lower, upper);
    end loop;
    insert into guiji.history_month (month, from_run, until_run) values (first_day, lower, upper);
    return true;
  end $$;

select guiji.add_month((now() at time zone 'UTC' + ahead * interval '1 month')::date) from generate_series(0, 2) ahead;

-- Active runs ---------------------------------------------------------------------------------------------------

create table guiji.active_run (
  dataset_id bigint primary key references guiji.dataset (id),
  run_id bigint not null unique,
  started_at timestamptz not null
);
comment on table guiji.active_run is 'the run under way of each dataset that has one: queued, running or publishing';

create table guiji.parked_run (
  run_id bigint primary key,
  dataset_id bigint not null references guiji.dataset (id)
);
create index parked_run_of_dataset on guiji.parked_run (dataset_id);
comment on table guiji.parked_run is 'the runs that wait for approval, found without a look at the history';

create function guiji.is_active(state text) returns boolean
  language sql immutable parallel safe
  return state in ('queued', 'running', 'publishing');

insert into guiji.active_run (dataset_id, run_id, started_at)
  select dataset_id, id, started_at from guiji.run where state in ('queued', 'running', 'publishing');

insert into guiji.parked_run (run_id, dataset_id)
  select id, dataset_id from guiji.run where state = 'awaiting-approval';

-- Fails with unique_violation where another run of the dataset is active. A claim that would rather know than fail
-- puts its line into active_run itself, `on conflict do nothing`, and then the run of that number.
create function guiji.keep_active_run() returns trigger
  language plpgsql set search_path = pg_catalog, pg_temp as $$
  begin
    if tg_op = 'DELETE' or not guiji.is_active(new.state) then
      delete from guiji.active_run where run_id = old.id;
      return null;
    end if;
    insert into guiji.active_run as active (dataset_id, run_id, started_at)
      values (new.dataset_id, new.id, new.started_at)
      on conflict (dataset_id) do update set run_id = excluded.run_id where active.run_id = excluded.run_id;
    if not found then
      raise unique_violation using constraint = 'active_run_pkey', schema = 'guiji', table = 'active_run',
        message = format('dataset %s has an active run, so run %s cannot be', new.dataset_id, new.id);
    end if;
    return null;
  end $$;
create trigger run_begins after insert on guiji.run
  for each row when (guiji.is_active(new.state)) execute function guiji.keep_active_run();
create trigger run_moves_on after update of state on guiji.run
  for each row when (guiji.is_active(old.state) or guiji.is_active(new.state))
  execute function guiji.keep_active_run();
create trigger run_goes after delete on guiji.run
  for each row when (guiji.is_active(old.state)) execute function guiji.keep_active_run();

create function guiji.keep_parked_run() returns trigger
  language plpgsql set search_path = pg_catalog, pg_temp as $$
  begin
    if tg_op <> 'INSERT' then delete from guiji.parked_run where run_id = old.id; end if;
    if tg_op <> 'DELETE' and new.state = 'awaiting-approval' then
      insert into guiji.parked_run (run_id, dataset_id) values (new.id, new.dataset_id);
    end if;
    return null;
  end $$;
create trigger run_parks after insert on guiji.run
  for each row when (new.state = 'awaiting-approval') execute function guiji.keep_parked_run();
create trigger run_parks_or_leaves after update of state on guiji.run
  for each row when (old.state = 'awaiting-approval' or new.state = 'awaiting-approval')
  execute function guiji.keep_parked_run();
create trigger run_parked_goes after delete on guiji.run
  for each row when (old.state = 'awaiting-approval') execute function guiji.keep_parked_run();
