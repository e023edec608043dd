-- How every dataset stands, ready to be read: the board of a hundred thousand datasets is one look at a narrow table.

create index occurrence_delivered on guiji.occurrence (dataset_id, period_start desc)
  where kept_at is not null and outcome <> 'void';
create index occurrence_owed on guiji.occurrence (dataset_id, period_start)
  where outcome = 'pending' or (outcome = 'late' and kept_at is null);

/*
 * The verdict of datasets at instants, pair by pair, from occurrences as they were last judged. Worst first: a
 * period delivered late is not overdue any more, its lateness stays in the counts and the dataset is fresh again. A
 * deadline counted without a calendar accuses nobody: until a whole period is missed, its verdict is `unknown`.
 *
 * due_at: of the oldest period that is overdue or owed now, else of the next one. kept of owed: judged occurrences,
 * waived and void ones left out. at-risk: by its usual duration (median of the last complete runs) the run under way,
 * or one started this minute, would not be visible by the deadline.
 *
 * This is the one definition. It reads no history: nothing before the last period that was delivered, no run that has
 * ended. Runs with the owner's rights, so that it can be asked by those who cannot read the control tables.
 */
create function guiji.verdicts_at(datasets bigint[], instants timestamptz[])
  returns table (dataset_id bigint, as_of timestamptz, verdict text, cause text, due_at timestamptz,
    no_clock boolean, provisional boolean)
  language sql stable parallel safe security definer set search_path = pg_catalog, pg_temp
  begin atomic
    with asked as (select x.dataset_id, x.as_of from unnest(datasets, instants) as x (dataset_id, as_of)),
    marked as (
      select a.dataset_id, a.as_of, o.outcome, o.cause, o.provisional, o.period_start, o.due_at, o.late_at,
        o.outcome = 'pending' and o.late_at >= a.as_of
          and case when o.due_at < o.period_end then o.period_start else o.period_end end <= a.as_of as open,
        (o.outcome = 'missed' or (o.outcome = 'late' and o.kept_at is null)
          or (o.outcome = 'pending' and o.late_at < a.as_of))
          and o.period_start > coalesce(delivered.period_start, '-infinity') as overdue
      from asked a
      left join lateral (
        select d.period_start from guiji.occurrence d
        where d.dataset_id = a.dataset_id and d.kept_at is not null and d.outcome <> 'void'
        order by d.period_start desc limit 1) delivered on true
      join guiji.occurrence o on o.dataset_id = a.dataset_id and o.outcome <> 'void'
        and o.period_start >= coalesce(delivered.period_start, '-infinity')
    ),
    standing as (
      select m.dataset_id, m.as_of,
        min(m.due_at) filter (where m.overdue) as overdue_since,
        bool_or(m.outcome = 'missed') filter (where m.overdue) as overdue_missed,
        (array_agg(m.cause order by m.period_start desc) filter (where m.overdue))[1] as overdue_cause,
        (array_agg(m.provisional order by m.period_start desc) filter (where m.overdue))[1] as overdue_provisional,
        (array_agg(m.outcome order by m.period_start desc) filter (where m.outcome <> 'pending'))[1] as newest_settled,
        min(m.due_at) filter (where m.open) as open_due_at,
        min(m.late_at) filter (where m.open) as open_late_at,
        bool_or(m.provisional) filter (where m.open) as open_provisional,
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
      coalesce(s.overdue_since, s.open_due_at, s.next_due_at), not guiji.has_clock(commitment.cycle),
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
        when s.newest_settled = 'waived' then 'waived'
        when usual.seconds is not null then 'fresh'
        else 'unknown' end as verdict) judged;
  end;

-- The same of one dataset, for the rows of a query: planned once, where a plan takes longer than the answer.
create function guiji.verdict_at(of_dataset bigint, as_of timestamptz)
  returns table (verdict text, cause text, due_at timestamptz, no_clock boolean, provisional boolean)
  language sql stable parallel safe rows 1 security definer
  set search_path = pg_catalog, pg_temp set plan_cache_mode = force_generic_plan
  begin atomic
    select v.verdict, v.cause, v.due_at, v.no_clock, v.provisional
    from guiji.verdicts_at(array[of_dataset], array[verdict_at.as_of]) v;
  end;

/*
 * The next two instants after `as_of` at which time alone may change a verdict: where a period opens or falls due,
 * the microsecond after it is late, or after it can no longer be had in the usual time, and where a commitment takes
 * effect. Looks at no more than 64 periods ahead: beyond the last of them nothing is claimed.
 */
create function guiji.verdict_changes(of_dataset bigint, as_of timestamptz)
  returns table (changes_at timestamptz, ends_at timestamptz)
  language sql stable
  begin atomic
    with usual as (
      select percentile_cont(0.5) within group (order by x.seconds) * interval '1 second' as time
      from guiji.dataset_state s, unnest(s.recent_seconds) as x (seconds) where s.dataset_id = of_dataset
    ),
    ahead as (
      select o.period_start, o.period_end, o.due_at, o.late_at from guiji.occurrence o
      where o.dataset_id = of_dataset and o.outcome = 'pending' and o.late_at >= as_of order by o.period_start limit 64
    ),
    instants as (
      select x.at from ahead o cross join lateral (
        values (o.period_start), (o.period_end), (o.due_at), (o.late_at + interval '1 microsecond'),
          (o.late_at - (select time from usual) + interval '1 microsecond')) as x (at)
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

-- What is said of a dataset from `known_at` to `changes_at`, and from then to `ends_at`, if nothing happens. Where
-- something happened it is marked as known no more (`ends_at` -infinity), and then it is computed when asked for.
create table guiji.standing (
  dataset_id bigint primary key references guiji.dataset (id),
  department text not null,
  listed boolean not null,
  known_at timestamptz not null default 'infinity',
  changes_at timestamptz not null default '-infinity',
  ends_at timestamptz not null default '-infinity',
  verdict text,
  next_verdict text,
  no_clock boolean,
  next_no_clock boolean,
  provisional boolean,
  next_provisional boolean,
  cause text,
  next_cause text,
  due_at timestamptz,
  next_due_at timestamptz,
  held bigint not null default 0,
  received bigint not null default 0,
  kept bigint not null default 0,
  owed bigint not null default 0
) with (fillfactor = 80);
create index standing_changes on guiji.standing (changes_at) where listed;
create index standing_known on guiji.standing (known_at) where listed;
create index standing_of_department on guiji.standing (department) where listed;
create index dataset_listed on guiji.dataset (department, code) where retired_at is null;
comment on column guiji.standing.held is
  'as in guiji.dataset_state, likewise received, kept and owed: a board adds them up from this narrow table alone';
insert into guiji.standing (dataset_id, department, listed, held, received, kept, owed)
  select d.id, d.department, d.retired_at is null, coalesce(s.held, 0), coalesce(s.received, 0), coalesce(s.kept, 0),
    coalesce(s.owed, 0)
  from guiji.dataset d left join guiji.dataset_state s on s.dataset_id = d.id;

-- Something happened to these datasets. Always in one order, so that two callers wait and never deadlock.
create function guiji.forget_standing(datasets bigint[]) returns void
  language sql volatile
  begin atomic
    with held as (
      select s.dataset_id from guiji.standing s where s.dataset_id = any (datasets) order by s.dataset_id for update)
    update guiji.standing s set ends_at = '-infinity', changes_at = '-infinity' from held
    where s.dataset_id = held.dataset_id;
  end;

create function guiji.standing_forgotten() returns trigger
  language plpgsql set search_path = pg_catalog, pg_temp as $$
  begin
    perform guiji.forget_standing(array(select distinct dataset_id from became));
    return null;
  end $$;
create trigger occurrence_planned_forgets after insert on guiji.occurrence
  referencing new table as became for each statement execute function guiji.standing_forgotten();
create trigger occurrence_judged_forgets after update on guiji.occurrence
  referencing new table as became for each statement execute function guiji.standing_forgotten();
create trigger occurrence_cleared_forgets after delete on guiji.occurrence
  referencing old table as became for each statement execute function guiji.standing_forgotten();
create trigger commitment_made_forgets after insert on guiji.commitment
  referencing new table as became for each statement execute function guiji.standing_forgotten();
create trigger commitment_changed_forgets after update on guiji.commitment
  referencing new table as became for each statement execute function guiji.standing_forgotten();
-- A run begins or ends: whether one is under way, and how long they take.
create trigger active_run_begins_forgets after insert on guiji.active_run
  referencing new table as became for each statement execute function guiji.standing_forgotten();
create trigger active_run_ends_forgets after delete on guiji.active_run
  referencing old table as became for each statement execute function guiji.standing_forgotten();

create function guiji.state_moved() returns trigger
  language plpgsql set search_path = pg_catalog, pg_temp as $$
  begin
    update guiji.standing set held = new.held, received = new.received, kept = new.kept, owed = new.owed
      where dataset_id = new.dataset_id;
    if tg_op = 'INSERT' or new.recent_seconds <> old.recent_seconds then
      perform guiji.forget_standing(array[new.dataset_id]);
    end if;
    return null;
  end $$;
create trigger state_begins after insert on guiji.dataset_state for each row execute function guiji.state_moved();
create trigger state_moves after update on guiji.dataset_state for each row
  when ((new.held, new.received, new.kept, new.owed, new.recent_seconds)
    is distinct from (old.held, old.received, old.kept, old.owed, old.recent_seconds))
  execute function guiji.state_moved();

create function guiji.list_standing() returns trigger
  language plpgsql set search_path = pg_catalog, pg_temp as $$
  begin
    insert into guiji.standing (dataset_id, department, listed)
      values (new.id, new.department, new.retired_at is null)
      on conflict (dataset_id) do update set department = excluded.department, listed = excluded.listed;
    return null;
  end $$;
create trigger dataset_listed after insert or update of department, retired_at on guiji.dataset
  for each row execute function guiji.list_standing();

/*
 * Computes anew what is not known of `as_of`, of all datasets or of some. Rows that a transaction under way holds are
 * left: it is about to change them. They are locked first and read by the next statement, so that nothing that was
 * committed meanwhile is missed. At most `most` at once, since who changes them waits. Returns how many were computed.
 */
create function guiji.refresh_standing(as_of timestamptz, datasets bigint[], most int) returns bigint
  language plpgsql volatile set search_path = pg_catalog, pg_temp set plan_cache_mode = force_custom_plan as $$
  declare
    stale bigint[];
    done bigint;
  begin
    stale := array(
      select s.dataset_id from guiji.standing s
      where s.listed and (s.changes_at <= as_of or s.known_at > as_of)
        and (datasets is null or s.dataset_id = any (datasets))
      order by s.dataset_id limit most for update skip locked);
    if cardinality(stale) = 0 then return 0; end if;
    with ahead as (
      select x.dataset_id, c.changes_at, c.ends_at
      from unnest(stale) as x (dataset_id) cross join lateral guiji.verdict_changes(x.dataset_id, as_of) c
    ),
    said as (
      select v.* from guiji.verdicts_at(stale, array_fill(as_of, array[cardinality(stale)])) v
    ),
    said_next as (
      select v.* from (
        select array_agg(a.dataset_id) as ids, array_agg(a.changes_at) as instants from ahead a
        where a.changes_at < 'infinity') a
      cross join lateral guiji.verdicts_at(a.ids, a.instants) v
    )
    update guiji.standing s set known_at = refresh_standing.as_of, changes_at = a.changes_at,
      ends_at = case when n.verdict is null then a.changes_at else a.ends_at end,
      verdict = v.verdict, cause = v.cause, due_at = v.due_at, no_clock = v.no_clock, provisional = v.provisional,
      next_verdict = n.verdict, next_cause = n.cause, next_due_at = n.due_at, next_no_clock = n.no_clock,
      next_provisional = n.provisional
    from said v join ahead a on a.dataset_id = v.dataset_id left join said_next n on n.dataset_id = v.dataset_id
    where s.dataset_id = v.dataset_id;
    get diagnostics done = row_count;
    return done;
  end $$;

-- Published holidays may settle what was provisional: of any dataset.
create function guiji.calendar_forgets() returns trigger
  language plpgsql set search_path = pg_catalog, pg_temp as $$
  begin
    perform guiji.forget_standing(array(select dataset_id from guiji.standing));
    return null;
  end $$;
create trigger calendar_year_forgets after insert or update or delete on guiji.calendar_year
  for each statement execute function guiji.calendar_forgets();
create trigger calendar_day_forgets after insert or update or delete on guiji.calendar_day
  for each statement execute function guiji.calendar_forgets();
