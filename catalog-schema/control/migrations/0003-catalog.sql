-- The judgement of promises, and what analysts may know about every dataset: the views of schema `catalog`.

-- Cycles without a clock promise no date.
create function guiji.has_clock(cycle text) returns boolean
  language sql immutable parallel safe
  return cycle not in ('irregular', 'asneeded', 'never', 'other');

/*
 * The verdict of every dataset on the list at an instant, from occurrences as they were last judged. Worst first: a
 * period delivered late is not overdue any more, its lateness stays in the counts and the dataset is fresh again. A
 * deadline counted without a calendar accuses nobody: until a whole period is missed, its verdict is `unknown`.
 *
 * due_at: of the oldest period that is overdue or owed now, else of the next one. kept of owed: judged occurrences,
 * waived and void ones left out. at-risk: by its usual duration (median of the last complete runs) the run under way,
 * or one started this minute, would not be visible by the deadline.
 *
 * Runs with the owner's rights, so that catalog.freshness can be read by those who cannot read the control tables.
 */
create function guiji.verdicts(as_of timestamptz)
  returns table (dataset_id bigint, code text, verdict text, cause text, due_at timestamptz,
    complete_through timestamptz, kept bigint, owed bigint, no_clock boolean, provisional boolean)
  language sql stable security definer set search_path = pg_catalog, pg_temp
  begin atomic
    with marked as (
      select o.dataset_id, o.outcome, o.cause, o.provisional, o.period_start, o.due_at, o.late_at,
        o.outcome = 'pending' and o.late_at >= as_of
          and case when o.due_at < o.period_end then o.period_start else o.period_end end <= as_of as open,
        (o.outcome = 'missed' or (o.outcome = 'late' and o.kept_at is null)
          or (o.outcome = 'pending' and o.late_at < as_of))
          and o.period_start > coalesce(
            max(o.period_start) filter (where o.kept_at is not null) over (partition by o.dataset_id),
            '-infinity') as overdue
      from guiji.occurrence o
      where o.outcome <> 'void'
    ),
    standing as (
      select m.dataset_id,
        count(*) filter (where m.outcome = 'kept') as kept,
        count(*) filter (where m.outcome in ('kept', 'late', 'missed')) as owed,
        min(m.due_at) filter (where m.overdue) as overdue_since,
        bool_or(m.outcome = 'missed') filter (where m.overdue) as overdue_missed,
        (array_agg(m.cause order by m.period_start desc) filter (where m.overdue))[1] as overdue_cause,
        (array_agg(m.provisional order by m.period_start desc) filter (where m.overdue))[1] as overdue_provisional,
        (array_agg(m.outcome order by m.period_start desc) filter (where m.outcome <> 'pending'))[1] as newest_settled,
        min(m.due_at) filter (where m.open) as open_due_at,
        min(m.late_at) filter (where m.open) as open_late_at,
        bool_or(m.provisional) filter (where m.open) as open_provisional,
        min(m.due_at) filter (where m.outcome = 'pending' and m.due_at > as_of) as next_due_at
      from marked m
      group by m.dataset_id
    )
    select d.id, d.code, judged.verdict,
      case
        when judged.verdict in ('missed', 'late') then s.overdue_cause
        when judged.verdict = 'waived' then 'waived'
        when judged.verdict = 'unknown' and s.overdue_since is not null then 'calendar-unknown'
      end,
      coalesce(s.overdue_since, s.open_due_at, s.next_due_at), state.complete_through,
      coalesce(s.kept, 0), coalesce(s.owed, 0), not guiji.has_clock(commitment.cycle),
      coalesce(case when s.overdue_since is null then s.open_provisional else s.overdue_provisional end, false)
    from guiji.dataset d
    join lateral (
      select c.cycle from guiji.commitment c
      cross join lateral (select c.effective_from <= (as_of at time zone c.time_zone)::date as in_force) now
      where c.dataset_id = d.id
      order by now.in_force desc, case when now.in_force then c.effective_from end desc, c.effective_from
      limit 1) commitment on true
    left join standing s on s.dataset_id = d.id
    left join guiji.dataset_state state on state.dataset_id = d.id
    left join guiji.run running on running.dataset_id = d.id and running.state in ('queued', 'running', 'publishing')
    left join lateral (
      select percentile_cont(0.5) within group (order by recent.seconds) as seconds
      from (
        select extract(epoch from coalesce(p.at, r.finished_at) - r.started_at)::float8 as seconds
        from guiji.run r left join guiji.publication p on p.run_id = r.id
        where r.dataset_id = d.id and r.complete and r.state in ('succeeded', 'partial')
          and coalesce(p.at, r.finished_at) is not null
        order by r.id desc limit 20) recent) usual on true
    cross join lateral (
      select case
        when not guiji.has_clock(commitment.cycle) then 'no-clock'
        when s.overdue_missed then 'missed'
        when s.overdue_since is not null then case when s.overdue_provisional then 'unknown' else 'late' end
        when s.open_late_at is not null then case
          when greatest(coalesce(running.started_at, as_of) + usual.seconds * interval '1 second', as_of)
            > s.open_late_at and usual.seconds is not null then 'at-risk' else 'due' end
        when s.newest_settled = 'waived' then 'waived'
        when usual.seconds is not null then 'fresh'
        else 'unknown' end as verdict) judged
    where d.retired_at is null;
  end;

create view catalog.departments as
  select d.code, d.name, d.parent, d.contact ->> 'name' as contact_name, d.contact ->> 'phone' as contact_phone,
    d.contact ->> 'email' as contact_email,
    (select count(*) from guiji.dataset s where s.department = d.code and s.retired_at is null) as datasets
  from guiji.department d where d.retired_at is null;

create view catalog.datasets as
  select d.code, d.name, d.department, p.name as department_name, d.definition ->> 'resourceCode' as resource_code,
    d.definition ->> 'summary' as summary, d.sharing_type, d.definition -> 'sharing' ->> 'conditions' as conditions,
    d.definition -> 'commitment' ->> 'cycle' as cycle, twin.view_name, twin.twin_name,
    coalesce(s.held, 0) as held, coalesce(s.received, 0) as received,
    (select count(*) from guiji.reject r where r.dataset_id = d.id and r.closed_at is null) as open_rejects
  from guiji.dataset d
  join guiji.department p on p.code = d.department
  left join guiji.dataset_state s on s.dataset_id = d.id
  left join lateral (
    select max(format('%I.%I', n.nspname, v.relname)) filter (where v.relname = d.code::name) as view_name,
      max(format('%I.%I', n.nspname, v.relname)) filter (where v.relname <> d.code::name) as twin_name
    from pg_catalog.pg_namespace n
    join pg_catalog.pg_class v on v.relnamespace = n.oid and v.relkind = 'v'
    where n.nspname = d.department::name and exists (
      select from pg_catalog.pg_rewrite r
      join pg_catalog.pg_depend x on x.objid = r.oid and x.classid = 'pg_catalog.pg_rewrite'::regclass
      join pg_catalog.pg_class t on t.oid = x.refobjid and t.relname = d.table_name::name
      join pg_catalog.pg_namespace tn on tn.oid = t.relnamespace and tn.nspname = 'store'
      where r.ev_class = v.oid)) twin on true
  where d.retired_at is null;

create view catalog.items as
  select d.code as dataset, d.department, i.position, i.code, i.name, i.type, i.is_key, i.required, i.semantic, i.unit,
    i.sensitivity, i.description
  from guiji.item i join guiji.dataset d on d.id = i.dataset_id
  where i.retired_at is null and d.retired_at is null;

create view catalog.freshness as
  select v.code, d.name, d.department, v.verdict, v.cause, v.due_at, s.visible_at as as_of, v.complete_through,
    s.source_published_at, s.last_checked_at, s.last_changed_at, v.kept, v.owed,
    coalesce(s.held, 0) as held, coalesce(s.received, 0) as received
  from guiji.verdicts(now()) v
  join guiji.dataset d on d.id = v.dataset_id
  left join guiji.dataset_state s on s.dataset_id = v.dataset_id;

create view catalog.row_counts as
  select d.code, d.name, d.department, p.at as as_of, p.run_id as run, p.held_after as held, p.received_after as received
  from guiji.publication p join guiji.dataset d on d.id = p.dataset_id
  where d.retired_at is null;

create view catalog.runs as
  select r.id as run, d.code, d.name, d.department, r.state, r.mode, r.lane, r.started_at, r.finished_at, r.read,
    r.accepted, r.inserted, r.updated, r.unchanged, r.deleted, r.restored, r.rejected, r.duplicate, r.held_before,
    r.held_after, r.bytes, r.complete, r.cause
  from guiji.run r join guiji.dataset d on d.id = r.dataset_id;

create view catalog.rejects as
  select d.code, d.name, d.department, r.reason, r.column_name as item, count(*) as rejects,
    min(r.first_at) as first_seen, max(r.last_at) as last_seen
  from guiji.reject r join guiji.dataset d on d.id = r.dataset_id
  where r.closed_at is null and d.retired_at is null
  group by d.code, d.name, d.department, r.reason, r.column_name;

comment on view catalog.departments is '部门：清单上的责任单位，及其在册共享信息数';
comment on column catalog.departments.code is '部门代码，也是其视图所在的模式名';
comment on column catalog.departments.name is '部门名称';
comment on column catalog.departments.parent is '上级部门代码';
comment on column catalog.departments.contact_name is '联系人';
comment on column catalog.departments.contact_phone is '联系电话';
comment on column catalog.departments.contact_email is '联系邮箱';
comment on column catalog.departments.datasets is '在册共享信息数';

comment on view catalog.datasets is '共享信息：清单上的每一项，及其视图名称与行数';
comment on column catalog.datasets.code is '共享信息代码，也是视图名';
comment on column catalog.datasets.name is '共享信息名称';
comment on column catalog.datasets.department is '部门代码';
comment on column catalog.datasets.department_name is '部门名称';
comment on column catalog.datasets.resource_code is '资源代码';
comment on column catalog.datasets.summary is '摘要';
comment on column catalog.datasets.sharing_type is '共享类型：unconditional 无条件共享，conditional 有条件共享，none 不予共享';
comment on column catalog.datasets.conditions is '使用条件';
comment on column catalog.datasets.cycle is '更新周期';
comment on column catalog.datasets.view_name is '视图的完整名称，列名为数据项代码';
comment on column catalog.datasets.twin_name is '中文视图的完整名称，列名为数据项名称';
comment on column catalog.datasets.held is '现有行数';
comment on column catalog.datasets.received is '累计接收行数（新增与更新之和）';
comment on column catalog.datasets.open_rejects is '尚未解决的拒收记录数';

comment on view catalog.items is '数据项：每项共享信息的各列';
comment on column catalog.items.dataset is '共享信息代码';
comment on column catalog.items.department is '部门代码';
comment on column catalog.items.position is '次序，自 0 起';
comment on column catalog.items.code is '数据项代码，即列名';
comment on column catalog.items.name is '数据项名称';
comment on column catalog.items.type is '类型';
comment on column catalog.items.is_key is '是否主键';
comment on column catalog.items.required is '是否必填';
comment on column catalog.items.semantic is '语义类型，如 uscc 统一社会信用代码、idcard 公民身份号码';
comment on column catalog.items.unit is '单位';
comment on column catalog.items.sensitivity is '敏感程度';
comment on column catalog.items.description is '说明';

comment on view catalog.freshness is '时效：每项共享信息的判定与各个时间；与 guiji status 所述相同';
comment on column catalog.freshness.code is '共享信息代码';
comment on column catalog.freshness.name is '共享信息名称';
comment on column catalog.freshness.department is '部门代码';
comment on column catalog.freshness.verdict is '判定：fresh 及时，due 待归集，at-risk 临期，late 逾期，missed 缺期，waived 已豁免，no-clock 无时限，unknown 未知';
comment on column catalog.freshness.cause is '原因代码，未履约时给出';
comment on column catalog.freshness.due_at is '应更新时间：最早一个逾期或当前应交的期次，否则为下一期次';
comment on column catalog.freshness.as_of is '视图中数据的发布时间';
comment on column catalog.freshness.complete_through is '数据完整截至时间';
comment on column catalog.freshness.source_published_at is '源系统注明的发布时间';
comment on column catalog.freshness.last_checked_at is '最近一次完整核对源系统的时间';
comment on column catalog.freshness.last_changed_at is '最近一次内容有变化的时间';
comment on column catalog.freshness.kept is '按时履约的期次数';
comment on column catalog.freshness.owed is '应履约的期次数（不含豁免与作废）';
comment on column catalog.freshness.held is '现有行数';
comment on column catalog.freshness.received is '累计接收行数';

comment on view catalog.row_counts is '行数历史：每次发布后的行数，逐行记账，非估算';
comment on column catalog.row_counts.code is '共享信息代码';
comment on column catalog.row_counts.name is '共享信息名称';
comment on column catalog.row_counts.department is '部门代码';
comment on column catalog.row_counts.as_of is '发布时间';
comment on column catalog.row_counts.run is '运行号';
comment on column catalog.row_counts.held is '发布后的现有行数';
comment on column catalog.row_counts.received is '发布后的累计接收行数';

comment on view catalog.runs is '运行：每一次归集及其账目';
comment on column catalog.runs.run is '运行号';
comment on column catalog.runs.code is '共享信息代码';
comment on column catalog.runs.name is '共享信息名称';
comment on column catalog.runs.department is '部门代码';
comment on column catalog.runs.state is '状态';
comment on column catalog.runs.mode is '模式：snapshot 全量，incremental 增量，append 追加';
comment on column catalog.runs.lane is '通道：bytes 字节，rows 逐行';
comment on column catalog.runs.started_at is '开始时间';
comment on column catalog.runs.finished_at is '结束时间';
comment on column catalog.runs.read is '读取记录数 = 接受 + 拒收 + 重复';
comment on column catalog.runs.accepted is '接受记录数 = 新增 + 更新 + 未变';
comment on column catalog.runs.inserted is '新增行数';
comment on column catalog.runs.updated is '更新行数';
comment on column catalog.runs.unchanged is '未变行数';
comment on column catalog.runs.deleted is '删除行数';
comment on column catalog.runs.restored is '恢复行数';
comment on column catalog.runs.rejected is '拒收记录数';
comment on column catalog.runs.duplicate is '重复记录数';
comment on column catalog.runs.held_before is '运行前行数';
comment on column catalog.runs.held_after is '运行后行数';
comment on column catalog.runs.bytes is '读取字节数';
comment on column catalog.runs.complete is '是否证明读取完整';
comment on column catalog.runs.cause is '未成功的原因代码';

comment on view catalog.rejects is '拒收：按共享信息、原因和数据项汇总的未解决拒收记录，不含原始数据';
comment on column catalog.rejects.code is '共享信息代码';
comment on column catalog.rejects.name is '共享信息名称';
comment on column catalog.rejects.department is '部门代码';
comment on column catalog.rejects.reason is '原因代码';
comment on column catalog.rejects.item is '数据项或源字段';
comment on column catalog.rejects.rejects is '未解决的记录数';
comment on column catalog.rejects.first_seen is '最早出现时间';
comment on column catalog.rejects.last_seen is '最近出现时间';
