-- Promises an auditor can follow: what was said of every period and when, announced delays, seasons, calendars of
-- the workspace, and where each clock of a dataset comes from.

-- Terms -----------------------------------------------------------------------------------------------------------

alter table guiji.commitment alter column grace_hours type double precision;
alter table guiji.commitment add column seasons text[] not null default '{}';
comment on column guiji.commitment.seasons is 'stretches of the year, MM-DD/MM-DD inclusive, in which periods are owed; none: all year';

-- Judgements ------------------------------------------------------------------------------------------------------

alter table guiji.occurrence add column waived_until timestamptz;
alter table guiji.occurrence add column judged_for text not null default 'deadline';
comment on column guiji.occurrence.waived_until is 'a delivery up to here is excused by a waiver; infinity: the period is not owed at all';
comment on column guiji.occurrence.judged_for is 'what the last judgement followed from; see guiji.judgement.reason';
-- Commitments and datasets are never deleted, and planning writes both from the commitment's own row: looking the two
-- up for each of millions of periods took most of the time of planning.
alter table guiji.occurrence drop constraint occurrence_commitment_id_fkey, drop constraint occurrence_dataset_id_fkey;

-- By their beginning, so that the judge passes over a year that is planned ahead. The old ones served no query.
drop index guiji.occurrence_pending;
drop index guiji.occurrence_unkept;
create index occurrence_unsettled on guiji.occurrence (period_start) where outcome = 'pending'
  or (outcome = 'late' and kept_at is null)
  or (outcome = 'waived' and kept_at is null and waived_until < 'infinity');
create index occurrence_waived on guiji.occurrence (dataset_id) where waived_until is not null;

create table guiji.judgement (
  id bigint generated always as identity primary key,
  occurrence_id bigint not null,
  dataset_id bigint not null references guiji.dataset (id),
  at timestamptz not null,
  reason text not null check (reason in
    ('deadline', 'delivery', 'calendar', 'waiver', 'waiver-revoked', 'commitment', 'list')),
  outcome text not null,
  cause text,
  kept_at timestamptz,
  run_id bigint,
  late_at timestamptz not null,
  waived_until timestamptz,
  provisional boolean not null
);
comment on table guiji.judgement is 'append-only: everything that was ever said of a period, in the order in which it was said';
comment on column guiji.judgement.at is 'when it was said; what it says does not depend on it';
comment on column guiji.judgement.late_at is 'the deadline it was judged by';
create index judgement_of_occurrence on guiji.judgement (occurrence_id, id);
create index judgement_of_dataset on guiji.judgement (dataset_id, id desc);

-- Whoever writes an occurrence, what it said before stays on record. The plan of the join is kept from the first call
-- on, whose few rows must not choose a nested loop for a million later.
create function guiji.keep_judgements() returns trigger
  language plpgsql set search_path = pg_catalog, pg_temp set enable_nestloop = off as $$
  begin
    insert into guiji.judgement (occurrence_id, dataset_id, at, reason, outcome, cause, kept_at, run_id, late_at,
      waived_until, provisional)
    select n.id, n.dataset_id, coalesce(n.judged_at, now()), n.judged_for, n.outcome, n.cause, n.kept_at, n.run_id,
      n.late_at, n.waived_until, n.provisional
    from said_now n join said_before b on b.id = n.id
    where (n.outcome, n.cause, n.kept_at, n.run_id, n.late_at, n.waived_until, n.provisional)
      is distinct from (b.outcome, b.cause, b.kept_at, b.run_id, b.late_at, b.waived_until, b.provisional)
    order by n.id;
    return null;
  end $$;
create trigger keep_judgements after update on guiji.occurrence
  referencing old table as said_before new table as said_now
  for each statement execute function guiji.keep_judgements();

-- Announced delays ------------------------------------------------------------------------------------------------

create table guiji.waiver (
  id bigint generated always as identity primary key,
  dataset_id bigint not null references guiji.dataset (id),
  period text not null,
  until timestamptz,
  reason text not null check (reason <> ''),
  announced_by text not null check (announced_by <> ''),
  origin text not null check (origin in ('command', 'document')),
  recorded_by text not null,
  recorded_at timestamptz not null
);
comment on table guiji.waiver is 'append-only: a department announced a delay of a period; ended only by guiji.waiver_revocation';
comment on column guiji.waiver.until is 'instant up to which the delay is excused; null: the period is not owed at all';
create index waiver_of_dataset on guiji.waiver (dataset_id, period);

create table guiji.waiver_revocation (
  waiver_id bigint primary key references guiji.waiver (id),
  reason text not null check (reason <> ''),
  revoked_by text not null,
  revoked_at timestamptz not null
);

create function guiji.refuse_change() returns trigger
  language plpgsql set search_path = pg_catalog, pg_temp as $$
  begin
    raise exception '% is append-only', tg_table_name using errcode = 'restrict_violation';
  end $$;
create trigger append_only before update or delete or truncate on guiji.judgement
  for each statement execute function guiji.refuse_change();
create trigger append_only before update or delete or truncate on guiji.waiver
  for each statement execute function guiji.refuse_change();
create trigger append_only before update or delete or truncate on guiji.waiver_revocation
  for each statement execute function guiji.refuse_change();

-- Calendars -------------------------------------------------------------------------------------------------------

create table guiji.calendar (
  code text primary key,
  name text,
  rest_days int[] not null default '{6,7}'
);
comment on column guiji.calendar.rest_days is 'ISO days of the week (1 Monday … 7 Sunday) that are not worked unless a day says otherwise';

alter table guiji.calendar_year add column origin text not null default 'package'
  check (origin in ('package', 'document', 'table'));
alter table guiji.calendar_day add column origin text not null default 'package'
  check (origin in ('package', 'document', 'table'));
alter table guiji.calendar_year alter column origin set default 'table';
alter table guiji.calendar_day alter column origin set default 'table';
comment on column guiji.calendar_day.origin is 'package: the notices that guiji brings; document: the workspace; table: written here by hand';

-- Runs and clocks -------------------------------------------------------------------------------------------------

alter table guiji.run add column parked_at timestamptz;
alter table guiji.run add column parked_for text;
comment on column guiji.run.parked_at is 'when it was loaded and began to wait for a person; stays after the decision';
comment on column guiji.run.parked_for is 'cause for which it was parked';

alter table guiji.dataset_state add column published_by text;
alter table guiji.dataset_state add column checked_by text;
alter table guiji.dataset_state add column complete_by text;
comment on column guiji.dataset_state.published_by is 'what source_published_at is taken from: last-modified, file-time, manifest, …';
comment on column guiji.dataset_state.checked_by is 'how the last check found what it found: complete-listing, incremental, etag, fingerprint, mtime+size, …';
comment on column guiji.dataset_state.complete_by is 'what complete_through is taken from: period, business-date';

-- What is said ----------------------------------------------------------------------------------------------------

-- A period whose delay was announced is `waived` until the announced instant, and owed like any other after it.
create or replace function guiji.verdicts_at(datasets bigint[], instants timestamptz[])
  returns table (dataset_id bigint, as_of timestamptz, verdict text, cause text, due_at timestamptz,
    no_clock boolean, provisional boolean)
  language sql stable security definer set search_path = pg_catalog, pg_temp
  begin atomic
    with asked as (select x.dataset_id, x.as_of from unnest(datasets, instants) as x (dataset_id, as_of)),
    marked as (
      select a.dataset_id, a.as_of, o.outcome, o.cause, o.provisional, o.period_start, o.due_at, o.late_at,
        o.waived_until, ready.by_now,
        ready.by_now and o.kept_at is null and o.waived_until >= a.as_of and o.outcome in ('pending', 'waived')
          as excused,
        ready.by_now and o.outcome = 'pending' and o.waived_until is null and o.late_at >= a.as_of as open,
        (o.outcome = 'missed' or (o.outcome = 'late' and o.kept_at is null)
          or (o.outcome = 'pending' and greatest(o.late_at, o.waived_until) < a.as_of)
          or (o.outcome = 'waived' and o.kept_at is null and o.waived_until < a.as_of))
          and o.period_start > coalesce(delivered.period_start, '-infinity') as overdue
      from asked a
      left join lateral (
        select d.period_start from guiji.occurrence d
        where d.dataset_id = a.dataset_id and d.kept_at is not null and d.outcome <> 'void'
        order by d.period_start desc limit 1) delivered on true
      join guiji.occurrence o on o.dataset_id = a.dataset_id and o.outcome <> 'void'
        and o.period_start >= coalesce(delivered.period_start, '-infinity')
      cross join lateral (
        select case when o.due_at < o.period_end then o.period_start else o.period_end end <= a.as_of as by_now) ready
    ),
    standing as (
      select m.dataset_id, m.as_of,
        min(m.due_at) filter (where m.overdue) as overdue_since,
        bool_or(m.outcome = 'missed') filter (where m.overdue) as overdue_missed,
        (array_agg(m.cause order by m.period_start desc) filter (where m.overdue))[1] as overdue_cause,
        (array_agg(m.provisional order by m.period_start desc) filter (where m.overdue))[1] as overdue_provisional,
        (array_agg(m.outcome order by m.period_start desc) filter (where m.by_now and m.outcome <> 'pending'))[1]
          as newest_settled,
        min(m.due_at) filter (where m.open) as open_due_at,
        min(m.late_at) filter (where m.open) as open_late_at,
        bool_or(m.provisional) filter (where m.open) as open_provisional,
        bool_or(m.excused) as excused,
        min(m.waived_until) filter (where m.excused and m.waived_until < 'infinity') as excused_until,
        min(m.due_at) filter (where m.outcome = 'pending' and m.due_at > m.as_of) as next_due_at
      from marked m
      group by m.dataset_id, m.as_of
    )
    select a.dataset_id, a.as_of, judged.verdict,
      case
        when judged.verdict in ('missed', 'late') then s.overdue_cause
        when judged.verdict = 'waived' then 'waived'
        when judged.verdict = 'unknown' and s.overdue_since is not null then 'calendar-unknown'
      end,
      coalesce(s.overdue_since, s.open_due_at, s.excused_until, s.next_due_at), not guiji.has_clock(commitment.cycle),
      coalesce(case when s.overdue_since is null then s.open_provisional else s.overdue_provisional end, false)
    from asked a
    join lateral (
      select c.cycle from guiji.commitment c
      cross join lateral (select c.effective_from <= (a.as_of at time zone c.time_zone)::date as in_force) now
      where c.dataset_id = a.dataset_id
      order by now.in_force desc, case when now.in_force then c.effective_from end desc, c.effective_from
      limit 1) commitment on true
    left join standing s on s.dataset_id = a.dataset_id and s.as_of = a.as_of
    left join guiji.dataset_state state on state.dataset_id = a.dataset_id
    left join guiji.active_run running on running.dataset_id = a.dataset_id
    left join lateral (
      select percentile_cont(0.5) within group (order by x.seconds) as seconds
      from unnest(state.recent_seconds) as x (seconds)) usual on true
    cross join lateral (
      select case
        when not guiji.has_clock(commitment.cycle) then 'no-clock'
        when s.overdue_missed then 'missed'
        when s.overdue_since is not null then case when s.overdue_provisional then 'unknown' else 'late' end
        when s.open_late_at is not null then case
          when greatest(coalesce(running.started_at, a.as_of) + usual.seconds * interval '1 second', a.as_of)
            > s.open_late_at and usual.seconds is not null then 'at-risk' else 'due' end
        when s.excused or s.newest_settled = 'waived' then 'waived'
        when usual.seconds is not null then 'fresh'
        else 'unknown' end as verdict) judged;
  end;


create or replace function guiji.verdict_changes(of_dataset bigint, as_of timestamptz)
  returns table (changes_at timestamptz, ends_at timestamptz)
  language sql stable
  begin atomic
    with usual as (
      select percentile_cont(0.5) within group (order by x.seconds) * interval '1 second' as time
      from guiji.dataset_state s, unnest(s.recent_seconds) as x (seconds) where s.dataset_id = of_dataset
    ),
    ahead as (
      select o.period_start, o.period_end, o.due_at, o.late_at, nullif(o.waived_until, 'infinity') as waived_until
      from guiji.occurrence o
      where o.dataset_id = of_dataset and o.outcome in ('pending', 'waived') and o.kept_at is null
        and greatest(o.period_end, o.late_at, nullif(o.waived_until, 'infinity')) >= as_of
      order by o.period_start limit 64
    ),
    instants as (
      select x.at from ahead o cross join lateral (
        values (o.period_start), (o.period_end), (o.due_at), (o.late_at + interval '1 microsecond'),
          (o.late_at - (select time from usual) + interval '1 microsecond'),
          (o.waived_until + interval '1 microsecond')) as x (at)
      union
      select c.effective_from::timestamp at time zone c.time_zone from guiji.commitment c
      where c.dataset_id = of_dataset
      union
      select max(period_start) from ahead having count(*) = 64
    ),
    two as (select at, row_number() over (order by at) as n from instants where at > as_of order by at limit 2)
    select coalesce(max(at) filter (where n = 1), 'infinity'), coalesce(max(at) filter (where n = 2), 'infinity')
    from two;
  end;

select guiji.forget_standing(array(select id from guiji.dataset));

create or replace view catalog.freshness as
  select d.code, d.name, d.department,
    case when known.now then k.verdict when known.next then k.next_verdict else v.verdict end as verdict,
    case when known.now then k.cause when known.next then k.next_cause else v.cause end as cause,
    case when known.now then k.due_at when known.next then k.next_due_at else v.due_at end as due_at,
    s.visible_at as as_of, s.complete_through, s.source_published_at, s.last_checked_at, s.last_changed_at, k.kept,
    k.owed, k.held, k.received, s.loaded_at, s.published_by, s.checked_by, s.complete_by,
    case when known.now then k.provisional when known.next then k.next_provisional else v.provisional end
      as provisional
  from guiji.dataset d
  join guiji.standing k on k.dataset_id = d.id
  left join guiji.dataset_state s on s.dataset_id = d.id
  cross join lateral (
    select now() >= k.known_at and now() < k.changes_at as now,
      now() >= k.known_at and now() >= k.changes_at and now() < k.ends_at as next) known
  left join lateral (
    select x.* from guiji.verdict_at(d.id, now()) x where now() < k.known_at or now() >= k.ends_at offset 0) v on true
  where d.retired_at is null;

comment on column catalog.freshness.loaded_at is '最近一次装载入库的时间';
comment on column catalog.freshness.published_by is '源系统发布时间的依据：last-modified 响应头，file-time 文件时间，manifest 清单文件';
comment on column catalog.freshness.checked_by is '最近一次核对的依据：complete-listing 全量读取，incremental 增量读取，etag、fingerprint、mtime+size、sha256 等标识未变';
comment on column catalog.freshness.complete_by is '完整截至时间的依据：period 期次，business-date 业务日期';
comment on column catalog.freshness.provisional is '判定是否为暂定：工作日历尚未公布';
