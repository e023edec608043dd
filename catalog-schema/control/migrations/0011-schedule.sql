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
create unique index run_of_slot on guiji.run (harvest_id, slot_at)
  where slot_at is not null and state not in ('lost', 'cancelled');

-- What a dataset still owes, however long its history is.
create index occurrence_open on guiji.occurrence (dataset_id, period_start)
  where outcome = 'pending' or (outcome = 'late' and kept_at is null);
