-- What is kept for ever: the account of every dataset, carried forward by every publication, and the roll-ups by
-- month and by day that stand for runs whose details are cleared.

alter table guiji.dataset_state
  add column entries bigint not null default 0,
  add column inserted bigint not null default 0,
  add column updated bigint not null default 0,
  add column deleted bigint not null default 0,
  add column restored bigint not null default 0,
  add column kept bigint not null default 0,
  add column owed bigint not null default 0,
  add column recent_seconds double precision[] not null default '{}';
comment on column guiji.dataset_state.entries is
  'ledger entries of published runs, ever; likewise inserted, updated, deleted and restored';
comment on column guiji.dataset_state.recent_seconds is 'how long the last 20 complete runs took, newest first';

-- A publication carries the entries of its run into the account of the dataset, in its own transaction.
create function guiji.carry_publication() returns trigger
  language plpgsql set search_path = pg_catalog, pg_temp as $$
  begin
    insert into guiji.dataset_state as state (dataset_id, entries, inserted, updated, deleted, restored)
      select new.dataset_id, count(*), coalesce(sum(inserted), 0), coalesce(sum(updated), 0),
        coalesce(sum(deleted), 0), coalesce(sum(restored), 0)
      from guiji.ledger where run_id = new.run_id
      on conflict (dataset_id) do update set entries = state.entries + excluded.entries,
        inserted = state.inserted + excluded.inserted, updated = state.updated + excluded.updated,
        deleted = state.deleted + excluded.deleted, restored = state.restored + excluded.restored;
    return null;
  end $$;
create trigger publication_carried after insert on guiji.publication
  for each row execute function guiji.carry_publication();

-- A correction of a run that is published already is carried at once, and its month is counted anew.
create function guiji.carry_correction() returns trigger
  language plpgsql set search_path = pg_catalog, pg_temp as $$
  begin
    if not exists (select from guiji.publication where run_id = new.run_id) then return null; end if;
    update guiji.dataset_state set entries = entries + 1, inserted = inserted + new.inserted,
      updated = updated + new.updated, deleted = deleted + new.deleted, restored = restored + new.restored
      where dataset_id = new.dataset_id;
    update guiji.history_month set rolled_at = null
      where new.run_id >= from_run and new.run_id < until_run and chunks_cleared_at is null;
    return null;
  end $$;
create trigger correction_carried after insert on guiji.ledger
  for each row when (new.kind = 'correction') execute function guiji.carry_correction();

-- How long complete runs take is remembered apart from them: see `at-risk` in guiji.verdicts_at.
create function guiji.remember_seconds() returns trigger
  language plpgsql set search_path = pg_catalog, pg_temp as $$
  begin
    insert into guiji.dataset_state as state (dataset_id, recent_seconds)
      values (new.dataset_id, array[extract(epoch from new.finished_at - new.started_at)::float8])
      on conflict (dataset_id) do update
        set recent_seconds = (excluded.recent_seconds || state.recent_seconds)[1:20];
    return null;
  end $$;
create trigger run_took after insert on guiji.run for each row
  when (new.complete and new.finished_at is not null and new.state in ('succeeded', 'partial'))
  execute function guiji.remember_seconds();
create trigger run_took_until_now after update of state on guiji.run for each row
  when (new.complete and new.finished_at is not null and new.state in ('succeeded', 'partial')
    and old.state not in ('succeeded', 'partial'))
  execute function guiji.remember_seconds();

-- Roll-ups ------------------------------------------------------------------------------------------------------

-- No foreign keys: millions of rows come at once, from tables that have them.
create table guiji.rollup (
  dataset_id bigint not null,
  grain text not null check (grain in ('day', 'month')),
  starts date not null,
  month date not null,
  runs bigint not null,
  succeeded bigint not null,
  partial bigint not null,
  failed bigint not null,
  cancelled bigint not null,
  refused bigint not null,
  lost bigint not null,
  entries bigint not null,
  read bigint not null,
  accepted bigint not null,
  inserted bigint not null,
  updated bigint not null,
  unchanged bigint not null,
  deleted bigint not null,
  restored bigint not null,
  rejected bigint not null,
  duplicate bigint not null,
  bytes bigint not null,
  seconds double precision not null,
  primary key (dataset_id, grain, starts, month)
);
create index rollup_of_month on guiji.rollup (month, grain);
comment on table guiji.rollup is
  'runs by the local day or month in which they began: rows of published runs, bytes and seconds of all runs';
comment on column guiji.rollup.month is 'the history month of the runs: a local day may lie in two of them';

-- Counts the runs of numbers [from_run, until_run) by the day and the month in which they began in `zone`.
create function guiji.count_runs(from_run bigint, until_run bigint, zone text)
  returns table (dataset_id bigint, grain text, starts date, runs bigint, succeeded bigint, partial bigint,
    failed bigint, cancelled bigint, refused bigint, lost bigint, entries bigint, read bigint, accepted bigint,
    inserted bigint, updated bigint, unchanged bigint, deleted bigint, restored bigint, rejected bigint,
    duplicate bigint, bytes bigint, seconds double precision)
  language sql stable
  begin atomic
    with entered as (
      select l.run_id, count(*) as entries, sum(l.read) as read, sum(l.accepted) as accepted,
        sum(l.inserted) as inserted, sum(l.updated) as updated, sum(l.unchanged) as unchanged,
        sum(l.deleted) as deleted, sum(l.restored) as restored, sum(l.rejected) as rejected,
        sum(l.duplicate) as duplicate
      from guiji.ledger l
      where l.run_id >= count_runs.from_run and l.run_id < count_runs.until_run
        and exists (
          select from guiji.publication p
          where p.run_id = l.run_id and p.run_id >= count_runs.from_run and p.run_id < count_runs.until_run)
      group by l.run_id
    )
    select r.dataset_id, by.grain, date_trunc(by.grain, r.started_at at time zone zone)::date as starts, count(*),
      count(*) filter (where r.state = 'succeeded'), count(*) filter (where r.state = 'partial'),
      count(*) filter (where r.state = 'failed'), count(*) filter (where r.state = 'cancelled'),
      count(*) filter (where r.state = 'refused'), count(*) filter (where r.state = 'lost'),
      coalesce(sum(e.entries), 0)::bigint, coalesce(sum(e.read), 0)::bigint, coalesce(sum(e.accepted), 0)::bigint,
      coalesce(sum(e.inserted), 0)::bigint, coalesce(sum(e.updated), 0)::bigint,
      coalesce(sum(e.unchanged), 0)::bigint, coalesce(sum(e.deleted), 0)::bigint,
      coalesce(sum(e.restored), 0)::bigint, coalesce(sum(e.rejected), 0)::bigint,
      coalesce(sum(e.duplicate), 0)::bigint, sum(r.bytes)::bigint,
      coalesce(sum(extract(epoch from r.finished_at - r.started_at)), 0)::float8
    from guiji.run r
    left join entered e on e.run_id = r.id
    cross join (values ('day'), ('month')) as by (grain)
    where r.id >= count_runs.from_run and r.id < count_runs.until_run
    group by r.dataset_id, by.grain, starts;
  end;

-- Attainment by month, counted as occurrences are judged; it stays when they are cleared.
create table guiji.period_count (
  dataset_id bigint not null references guiji.dataset (id),
  month date not null,
  kept bigint not null,
  late bigint not null,
  missed bigint not null,
  waived bigint not null,
  primary key (dataset_id, month)
);
comment on column guiji.period_count.month is 'month in which the period began, in the zone of its commitment';

create function guiji.carry_outcomes(commitments bigint[], starts timestamptz[], outcomes text[], signs int[])
  returns void language sql volatile
  begin atomic
    with changed as (
      select c.dataset_id, date_trunc('month', x.starts at time zone c.time_zone)::date as month,
        coalesce(sum(x.sign) filter (where x.outcome = 'kept'), 0)::bigint as kept,
        coalesce(sum(x.sign) filter (where x.outcome = 'late'), 0)::bigint as late,
        coalesce(sum(x.sign) filter (where x.outcome = 'missed'), 0)::bigint as missed,
        coalesce(sum(x.sign) filter (where x.outcome = 'waived'), 0)::bigint as waived
      from unnest(commitments, starts, outcomes, signs) as x (commitment_id, starts, outcome, sign)
      join guiji.commitment c on c.id = x.commitment_id
      group by 1, 2
    ),
    months as (
      insert into guiji.period_count as a (dataset_id, month, kept, late, missed, waived)
      select * from changed where (kept, late, missed, waived) <> (0, 0, 0, 0) order by dataset_id, month
      on conflict (dataset_id, month) do update set kept = a.kept + excluded.kept, late = a.late + excluded.late,
        missed = a.missed + excluded.missed, waived = a.waived + excluded.waived
      returning a.dataset_id
    )
    insert into guiji.dataset_state as state (dataset_id, kept, owed)
    select dataset_id, sum(kept)::bigint, sum(kept + late + missed)::bigint from changed
    where (kept, late, missed) <> (0, 0, 0) group by dataset_id order by dataset_id
    on conflict (dataset_id) do update set kept = state.kept + excluded.kept, owed = state.owed + excluded.owed;
  end;

-- Occurrences that are deleted have been counted: only what is judged, or judged otherwise, moves the counts.
create function guiji.count_outcomes() returns trigger
  language plpgsql set search_path = pg_catalog, pg_temp as $$
  begin
    if tg_op = 'INSERT' then
      perform guiji.carry_outcomes(array_agg(commitment_id), array_agg(period_start), array_agg(outcome),
        array_agg(1)) from became where outcome <> 'pending' having count(*) > 0;
    else
      perform guiji.carry_outcomes(array_agg(commitment_id), array_agg(period_start), array_agg(outcome),
          array_agg(sign))
        from (
          select n.commitment_id, n.period_start, x.outcome, x.sign from became n join was o on o.id = n.id
          cross join lateral (values (n.outcome, 1), (o.outcome, -1)) as x (outcome, sign)
          where n.outcome <> o.outcome) changed
        having count(*) > 0;
    end if;
    return null;
  end $$;
create trigger occurrence_planned after insert on guiji.occurrence
  referencing new table as became for each statement execute function guiji.count_outcomes();
create trigger occurrence_judged after update on guiji.occurrence
  referencing old table as was new table as became for each statement execute function guiji.count_outcomes();

-- What the store knows already ----------------------------------------------------------------------------------

select guiji.carry_outcomes(array_agg(commitment_id), array_agg(period_start), array_agg(outcome), array_agg(1))
  from guiji.occurrence where outcome in ('kept', 'late', 'missed', 'waived') having count(*) > 0;

insert into guiji.dataset_state as state (dataset_id, entries, inserted, updated, deleted, restored)
  select l.dataset_id, count(*), sum(l.inserted), sum(l.updated), sum(l.deleted), sum(l.restored)
  from guiji.ledger l where exists (select from guiji.publication p where p.run_id = l.run_id)
  group by l.dataset_id
  on conflict (dataset_id) do update set entries = excluded.entries, inserted = excluded.inserted,
    updated = excluded.updated, deleted = excluded.deleted, restored = excluded.restored;

insert into guiji.dataset_state as state (dataset_id, recent_seconds)
  select d.id, took.seconds from guiji.dataset d cross join lateral (
    select array_agg(r.seconds order by r.id desc) as seconds from (
      select id, extract(epoch from finished_at - started_at)::float8 as seconds from guiji.run
      where dataset_id = d.id and complete and state in ('succeeded', 'partial') and finished_at is not null
      order by id desc limit 20) r) took
  where took.seconds is not null
  on conflict (dataset_id) do update set recent_seconds = excluded.recent_seconds;
