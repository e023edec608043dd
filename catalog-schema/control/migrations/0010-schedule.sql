-- Who works, at which source, and how far each harvest's slots are planned.

create table guiji.worker (
  id bigint generated always as identity primary key,
  name text not null,
  kind text not null check (kind in ('serve', 'worker', 'harvest')),
  concurrency int not null check (concurrency > 0),
  started_at timestamptz not null default clock_timestamp(),
  seen_at timestamptz not null default clock_timestamp(),
  lease_until timestamptz not null,
  ended_at timestamptz
);
comment on table guiji.worker is 'processes that run harvests; by the clock of the store, so that no two machines disagree on a lease';
comment on column guiji.worker.lease_until is 'a worker silent until here is gone: its seats and slots are given back';

-- A worker's place at a source while it runs a harvest. At most politeness.connections of them are taken per source,
-- whatever the number of processes and machines.
create table guiji.seat (
  worker_id bigint not null references guiji.worker (id),
  harvest_id bigint not null references guiji.harvest (id),
  source text not null,
  slot_at timestamptz,
  asked_at timestamptz not null default clock_timestamp(),
  taken_at timestamptz,
  primary key (worker_id, harvest_id)
);
comment on column guiji.seat.slot_at is 'the slot that is run; null: a person asked for it';
comment on column guiji.seat.taken_at is 'null: still waits for its source';
create unique index seat_of_slot on guiji.seat (harvest_id) where slot_at is not null;
create index seat_at_source on guiji.seat (source);

create table guiji.slot_plan (
  harvest_id bigint primary key references guiji.harvest (id),
  basis text not null,
  planned_through timestamptz,
  problem jsonb
);
comment on column guiji.slot_plan.basis is 'what the slots follow from; where it is something else now, they are planned anew from now on';
comment on column guiji.slot_plan.planned_through is 'every slot meant for this instant or earlier is planned: the next plan goes on from here, never from now';
create index slot_plan_next on guiji.slot_plan (planned_through nulls first);

alter table guiji.slot
  add column meant_at timestamptz,
  add column origin text check (origin in ('cadence', 'promise')),
  add column source text,
  add column free_at timestamptz,
  add column attempts int not null default 0;
comment on column guiji.slot.meant_at is 'the instant before jitter and the hours of the source moved it';
comment on column guiji.slot.free_at is 'given back: not taken again before this instant of the store''s clock';
comment on column guiji.slot.attempts is 'how often a worker took it and died, or could not begin';

update guiji.slot s set meant_at = s.instant, source = h.source,
  origin = case when h.definition ? 'cadence' then 'cadence' else 'promise' end
from guiji.harvest h where h.id = s.harvest_id;
alter table guiji.slot alter column meant_at set not null, alter column origin set not null,
  alter column source set not null;

create index slot_at_source on guiji.slot (source, instant, harvest_id) where state = 'planned';
create index slot_of_harvest on guiji.slot (harvest_id, instant) where state = 'planned';
create index slot_taken on guiji.slot (harvest_id) where state = 'taken';

-- A slot is served by one run, however many workers believe that it is theirs; a run that was lost or cancelled did
-- not serve it.
-- Runs lie in partitions, whose indexes cannot say it: the slots that are served have a table of their own.
create table guiji.slot_run (
  harvest_id bigint not null references guiji.harvest (id),
  slot_at timestamptz not null,
  run_id bigint not null,
  constraint run_of_slot primary key (harvest_id, slot_at)
);
create function guiji.keep_slot_run() returns trigger
  language plpgsql set search_path = pg_catalog, pg_temp as $$
  begin
    if tg_op = 'UPDATE' then
      delete from guiji.slot_run where harvest_id = old.harvest_id and slot_at = old.slot_at and run_id = old.id
        and (new.state in ('lost', 'cancelled') or new.slot_at is distinct from old.slot_at);
    end if;
    if new.slot_at is null or new.state in ('lost', 'cancelled') then
      return null;
    end if;
    insert into guiji.slot_run as served (harvest_id, slot_at, run_id)
      values (new.harvest_id, new.slot_at, new.id)
      on conflict (harvest_id, slot_at) do update set run_id = served.run_id where served.run_id = excluded.run_id;
    if not found then
      raise unique_violation using constraint = 'run_of_slot', schema = 'guiji', table = 'slot_run',
        message = 'duplicate key value violates unique constraint "run_of_slot"';
    end if;
    return null;
  end $$;
create trigger slot_is_served after insert or update of state, slot_at on guiji.run
  for each row execute function guiji.keep_slot_run();
insert into guiji.slot_run (harvest_id, slot_at, run_id)
  select harvest_id, slot_at, max(id) from guiji.run
  where slot_at is not null and state not in ('lost', 'cancelled') group by harvest_id, slot_at;

-- What a dataset still owes, however long its history is.
create index occurrence_open on guiji.occurrence (dataset_id, period_start)
  where outcome = 'pending' or (outcome = 'late' and kept_at is null);
