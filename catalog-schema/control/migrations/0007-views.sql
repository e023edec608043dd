-- The views of schema `catalog`, the same columns as before, each answered without reading history or a data table.

create or replace view catalog.departments as
  select d.code, d.name, d.parent, d.contact ->> 'name' as contact_name, d.contact ->> 'phone' as contact_phone,
    d.contact ->> 'email' as contact_email,
    (select count(*) from guiji.standing s where s.department = d.code and s.listed) as datasets
  from guiji.department d where d.retired_at is null;

create or replace view catalog.freshness as
  select d.code, d.name, d.department, v.verdict, v.cause, v.due_at, s.visible_at as as_of, s.complete_through,
    s.source_published_at, s.last_checked_at, s.last_changed_at, coalesce(s.kept, 0) as kept,
    coalesce(s.owed, 0) as owed, coalesce(s.held, 0) as held, coalesce(s.received, 0) as received
  from guiji.dataset d
  join (
    select k.dataset_id, k.verdict, k.cause, k.due_at from guiji.standing k
    where now() >= k.known_at and now() < k.changes_at
    union all
    select k.dataset_id, k.next_verdict, k.next_cause, k.next_due_at from guiji.standing k
    where now() >= k.known_at and now() >= k.changes_at and now() < k.ends_at
    union all
    select k.dataset_id, x.verdict, x.cause, x.due_at from guiji.standing k
    cross join lateral guiji.verdict_at(k.dataset_id, now()) x
    where k.listed and (now() < k.known_at or now() >= k.ends_at)) v on v.dataset_id = d.id
  left join guiji.dataset_state s on s.dataset_id = d.id
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

create view catalog.attainment as
  select d.code, d.name, d.department, a.month, a.kept, a.kept + a.late + a.missed as owed, a.late, a.missed, a.waived
  from guiji.attainment a join guiji.dataset d on d.id = a.dataset_id
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

comment on view catalog.attainment is '履约：每项共享信息每月的期次数，按期次开始的月份，长期保留';
comment on column catalog.attainment.code is '共享信息代码';
comment on column catalog.attainment.name is '共享信息名称';
comment on column catalog.attainment.department is '部门代码';
comment on column catalog.attainment.month is '月份';
comment on column catalog.attainment.kept is '按时履约的期次数';
comment on column catalog.attainment.owed is '应履约的期次数（不含豁免与作废）';
comment on column catalog.attainment.late is '逾期的期次数';
comment on column catalog.attainment.missed is '缺期的期次数';
comment on column catalog.attainment.waived is '豁免的期次数';
