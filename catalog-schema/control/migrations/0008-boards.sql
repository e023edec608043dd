-- The boards: what commands, pages and analysts read, none of it from history or a data table.

-- The verdict of every dataset on the list: as it is known, or computed where it is not. Becomes part of the query
-- that asks, so that of one dataset only that one is looked at. `offset 0` keeps the computing behind its condition.
create function guiji.standing_at(as_of timestamptz)
  returns table (dataset_id bigint, department text, verdict text, cause text, due_at timestamptz, no_clock boolean,
    provisional boolean, held bigint, received bigint, kept bigint, owed bigint)
  language sql stable parallel safe
  begin atomic
    select s.dataset_id, s.department,
      case when known.now then s.verdict when known.next then s.next_verdict else v.verdict end,
      case when known.now then s.cause when known.next then s.next_cause else v.cause end,
      case when known.now then s.due_at when known.next then s.next_due_at else v.due_at end,
      case when known.now then s.no_clock when known.next then s.next_no_clock else v.no_clock end,
      case when known.now then s.provisional when known.next then s.next_provisional else v.provisional end,
      s.held, s.received, s.kept, s.owed
    from guiji.standing s
    cross join lateral (
      select standing_at.as_of >= s.known_at and standing_at.as_of < s.changes_at as now,
        standing_at.as_of >= s.known_at and standing_at.as_of >= s.changes_at and standing_at.as_of < s.ends_at
          as next) known
    left join lateral (
      select x.* from guiji.verdict_at(s.dataset_id, standing_at.as_of) x
      where standing_at.as_of < s.known_at or standing_at.as_of >= s.ends_at offset 0) v on true
    where s.listed;
  end;

-- The datasets of every department and verdict, and what they hold and owe: all from one look at guiji.standing.
create function guiji.totals_at(as_of timestamptz)
  returns table (department text, verdict text, datasets bigint, no_clock bigint, held bigint, received bigint,
    kept bigint, owed bigint)
  language sql stable parallel safe
  begin atomic
    with said as (
      select s.department, case when totals_at.as_of < s.changes_at then s.verdict else s.next_verdict end as verdict,
        case when totals_at.as_of < s.changes_at then s.no_clock else s.next_no_clock end as no_clock,
        s.held, s.received, s.kept, s.owed
      from guiji.standing s
      where s.listed and totals_at.as_of >= s.known_at and totals_at.as_of < s.ends_at
      union all
      select s.department, v.verdict, v.no_clock, s.held, s.received, s.kept, s.owed
      from guiji.standing s cross join lateral guiji.verdict_at(s.dataset_id, totals_at.as_of) v
      where s.listed and s.changes_at <= totals_at.as_of and s.ends_at <= totals_at.as_of
        and s.known_at <= totals_at.as_of
      union all
      select s.department, v.verdict, v.no_clock, s.held, s.received, s.kept, s.owed
      from guiji.standing s cross join lateral guiji.verdict_at(s.dataset_id, totals_at.as_of) v
      where s.listed and s.known_at > totals_at.as_of
    )
    select department, verdict, count(*), count(*) filter (where no_clock), sum(held)::bigint, sum(received)::bigint,
      sum(kept)::bigint, sum(owed)::bigint
    from said group by department, verdict;
  end;

-- The same as one answer for those who cannot read the control tables.
create or replace function guiji.verdicts(as_of timestamptz)
  returns table (dataset_id bigint, code text, verdict text, cause text, due_at timestamptz,
    complete_through timestamptz, kept bigint, owed bigint, no_clock boolean, provisional boolean)
  language sql stable security definer set search_path = pg_catalog, pg_temp
  begin atomic
    select d.id, d.code, v.verdict, v.cause, v.due_at, s.complete_through, v.kept, v.owed, v.no_clock, v.provisional
    from guiji.standing_at(as_of) v
    join guiji.dataset d on d.id = v.dataset_id
    left join guiji.dataset_state s on s.dataset_id = d.id;
  end;

-- The views of schema `catalog`, with the same columns as before.

create or replace view catalog.departments as
  select d.code, d.name, d.parent, d.contact ->> 'name' as contact_name, d.contact ->> 'phone' as contact_phone,
    d.contact ->> 'email' as contact_email,
    (select count(*) from guiji.standing s where s.department = d.code and s.listed) as datasets
  from guiji.department d where d.retired_at is null;

-- As guiji.standing_at(now()) says it, written out: a function that became part of the view would be run with the
-- rights of who asks.
create or replace view catalog.freshness as
  select d.code, d.name, d.department,
    case when known.now then k.verdict when known.next then k.next_verdict else v.verdict end as verdict,
    case when known.now then k.cause when known.next then k.next_cause else v.cause end as cause,
    case when known.now then k.due_at when known.next then k.next_due_at else v.due_at end as due_at,
    s.visible_at as as_of, s.complete_through, s.source_published_at, s.last_checked_at, s.last_changed_at, k.kept,
    k.owed, k.held, k.received
  from guiji.dataset d
  join guiji.standing k on k.dataset_id = d.id
  left join guiji.dataset_state s on s.dataset_id = d.id
  cross join lateral (
    select now() >= k.known_at and now() < k.changes_at as now,
      now() >= k.known_at and now() >= k.changes_at and now() < k.ends_at as next) known
  left join lateral (
    select x.* from guiji.verdict_at(d.id, now()) x where now() < k.known_at or now() >= k.ends_at offset 0) v on true
  where d.retired_at is null;

create or replace view catalog.row_counts as
  select d.code, d.name, d.department, p.at as as_of, p.run_id as run, p.held_after as held, p.received_after as received
  from guiji.publication p join guiji.dataset d on d.id = p.dataset_id
  where d.retired_at is null;

create or replace view catalog.runs as
  select r.id as run, d.code, d.name, d.department, r.state, r.mode, r.lane, r.started_at, r.finished_at, r.read,
    r.accepted, r.inserted, r.updated, r.unchanged, r.deleted, r.restored, r.rejected, r.duplicate, r.held_before,
    r.held_after, r.bytes, r.complete, r.cause
  from guiji.run r join guiji.dataset d on d.id = r.dataset_id;

-- Months that are rolled up as they were counted; what is newer is counted when it is asked for.
create view catalog.months as
  select d.code, d.name, d.department, m.starts as month, sum(m.runs)::bigint as runs,
    sum(m.succeeded)::bigint as succeeded, sum(m.failed + m.lost)::bigint as failed, sum(m.read)::bigint as read,
    sum(m.inserted)::bigint as inserted, sum(m.updated)::bigint as updated, sum(m.unchanged)::bigint as unchanged,
    sum(m.deleted)::bigint as deleted, sum(m.restored)::bigint as restored, sum(m.rejected)::bigint as rejected,
    sum(m.duplicate)::bigint as duplicate, sum(m.bytes)::bigint as bytes, sum(m.seconds) as seconds
  from guiji.rollup m join guiji.dataset d on d.id = m.dataset_id
  where m.grain = 'month' and d.retired_at is null
  group by d.code, d.name, d.department, m.starts;

create view catalog.period_counts as
  select d.code, d.name, d.department, a.month, a.kept, a.kept + a.late + a.missed as owed, a.late, a.missed, a.waived
  from guiji.period_count a join guiji.dataset d on d.id = a.dataset_id
  where d.retired_at is null;

comment on view catalog.months is '月度汇总：每项共享信息每月的运行与账目，长期保留；当月与尚未结转的月份不在其中';
comment on column catalog.months.code is '共享信息代码';
comment on column catalog.months.name is '共享信息名称';
comment on column catalog.months.department is '部门代码';
comment on column catalog.months.month is '运行开始的月份';
comment on column catalog.months.runs is '运行次数';
comment on column catalog.months.succeeded is '成功次数';
comment on column catalog.months.failed is '失败与中断次数';
comment on column catalog.months.read is '读取记录数（已发布的运行，下同）';
comment on column catalog.months.inserted is '新增行数';
comment on column catalog.months.updated is '更新行数';
comment on column catalog.months.unchanged is '未变行数';
comment on column catalog.months.deleted is '删除行数';
comment on column catalog.months.restored is '恢复行数';
comment on column catalog.months.rejected is '拒收记录数';
comment on column catalog.months.duplicate is '重复记录数';
comment on column catalog.months.bytes is '读取字节数（全部运行）';
comment on column catalog.months.seconds is '运行秒数（全部运行）';

comment on view catalog.period_counts is '履约：每项共享信息每月的期次数，按期次开始的月份，长期保留';
comment on column catalog.period_counts.code is '共享信息代码';
comment on column catalog.period_counts.name is '共享信息名称';
comment on column catalog.period_counts.department is '部门代码';
comment on column catalog.period_counts.month is '月份';
comment on column catalog.period_counts.kept is '按时履约的期次数';
comment on column catalog.period_counts.owed is '应履约的期次数（不含豁免与作废）';
comment on column catalog.period_counts.late is '逾期的期次数';
comment on column catalog.period_counts.missed is '缺期的期次数';
comment on column catalog.period_counts.waived is '豁免的期次数';
