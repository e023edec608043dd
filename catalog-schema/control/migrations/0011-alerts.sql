-- Attainment (及时率) of every dataset by month, for every page that tells of it; and alerts with their deliveries.

/*
 * Every occurrence counts in the month in which its data was due, by the calendar of its own commitment: September's
 * monthly data, due on 8 October, is October's to keep. Stored facts alone, no "now": what is still open is given by
 * the instant since when.
 *
 *   owed = kept + late + missed       waived, void and pending stand beside it, never in it
 *
 * provisional: of those in `owed`, whose deadline was counted without a published calendar; kept_provisional: of them,
 * kept. longest_lateness: from the promised instant to the delivery, of those that came late.
 */
create view guiji.attainment as
  select o.dataset_id, date_trunc('month', o.due_at at time zone c.time_zone)::date as month,
    count(*) filter (where o.outcome = 'kept') as kept,
    count(*) filter (where o.outcome in ('kept', 'late', 'missed')) as owed,
    count(*) filter (where o.outcome = 'late') as late,
    count(*) filter (where o.outcome = 'missed') as missed,
    count(*) filter (where o.outcome = 'waived') as waived,
    count(*) filter (where o.outcome = 'void') as void,
    count(*) filter (where o.outcome = 'pending') as pending,
    count(*) filter (where o.provisional and o.outcome in ('kept', 'late', 'missed')) as provisional,
    count(*) filter (where o.provisional and o.outcome = 'kept') as kept_provisional,
    max(o.kept_at - o.due_at) filter (where o.outcome = 'late') as longest_lateness,
    min(o.due_at) filter (where o.outcome = 'late' and o.kept_at is null) as late_since
  from guiji.occurrence o join guiji.commitment c on c.id = o.commitment_id
  group by o.dataset_id, date_trunc('month', o.due_at at time zone c.time_zone)::date;

create view catalog.attainment as
  select d.code, d.name, d.department, p.name as department_name, d.sharing_type,
    extract(year from a.month)::int as year, extract(quarter from a.month)::int as quarter, a.month,
    a.kept, a.owed, trunc(100.0 * a.kept / nullif(a.owed, 0), 1) as percent, a.late, a.missed, a.waived, a.void,
    a.pending, a.provisional, a.kept_provisional,
    greatest(a.longest_lateness, now() - a.late_since) as longest_lateness
  from guiji.attainment a
  join guiji.dataset d on d.id = a.dataset_id
  join guiji.department p on p.code = d.department
  where d.retired_at is null;

comment on view catalog.attainment is '及时率：每项共享信息每月的履约情况，按应更新时间归月；汇总时请分别求和后再相除';
comment on column catalog.attainment.code is '共享信息代码';
comment on column catalog.attainment.name is '共享信息名称';
comment on column catalog.attainment.department is '部门代码';
comment on column catalog.attainment.department_name is '部门名称';
comment on column catalog.attainment.sharing_type is '共享类型：unconditional 无条件共享，conditional 有条件共享，none 不予共享';
comment on column catalog.attainment.year is '年';
comment on column catalog.attainment.quarter is '季度';
comment on column catalog.attainment.month is '月份（当月第一日）';
comment on column catalog.attainment.kept is '按时履约的期次数';
comment on column catalog.attainment.owed is '应履约的期次数 = 按时 + 逾期 + 缺期（不含豁免、作废与未判定）';
comment on column catalog.attainment.percent is '及时率（%），舍去至一位小数';
comment on column catalog.attainment.late is '逾期的期次数';
comment on column catalog.attainment.missed is '缺期的期次数';
comment on column catalog.attainment.waived is '豁免的期次数，不计入应履约';
comment on column catalog.attainment.void is '因承诺变更而作废的期次数，不计入应履约';
comment on column catalog.attainment.pending is '尚未判定的期次数，不计入应履约';
comment on column catalog.attainment.provisional is '应履约期次中，按未公布的工作日历推算、判定为暂定的期次数';
comment on column catalog.attainment.kept_provisional is '暂定期次中按时的期次数';
comment on column catalog.attainment.longest_lateness is '最长逾期时间，自承诺的应更新时间起算；尚未更新的算到现在';

-- Alerts ----------------------------------------------------------------------------------------------------------

/* One incident: something that is wrong, from when it was first seen until it is no more. */
create table guiji.alert (
  id bigint generated always as identity primary key,
  kind text not null,
  key text not null,
  origin text not null check (origin in ('check', 'person')),
  source text,
  department text,
  cause text,
  datasets text[] not null default '{}',
  note text,
  opened_at timestamptz not null,
  seen_at timestamptz not null,
  escalated_at timestamptz,
  closed_at timestamptz,
  closed_by text check (closed_by in ('resolved', 'worsened', 'person')),
  check ((closed_at is null) = (closed_by is null))
);
comment on column guiji.alert.key is 'kind, cause and source: what belongs to one incident and is told in one message';
create unique index alert_open on guiji.alert (key) where closed_at is null;
create index alert_opened on guiji.alert (opened_at);

/* The outbox: one row per message and sink, written with the state change it tells of. */
create table guiji.alert_delivery (
  id bigint generated always as identity primary key,
  key uuid not null unique default gen_random_uuid(),
  alert_id bigint not null references guiji.alert (id),
  sink text not null,
  event text not null check (event in ('opened', 'escalated', 'resolved')),
  message jsonb not null,
  state text not null default 'waiting' check (state in ('waiting', 'delivered', 'given-up')),
  attempts int not null default 0,
  next_at timestamptz not null,
  delivered_at timestamptz,
  error text,
  unique (alert_id, event, sink)
);
comment on column guiji.alert_delivery.key is 'sent with every attempt: who has seen it takes the second for the first';
create index alert_delivery_waiting on guiji.alert_delivery (sink, next_at) where state = 'waiting';

/* When the check for alerts last ran to its end: a gap is an incident itself. */
create table guiji.alert_check (
  id boolean primary key default true check (id),
  at timestamptz not null
);

/* What `guiji verify` found last: the count of the table against the state and the ledger. */
create table guiji.verification (
  dataset_id bigint primary key references guiji.dataset (id),
  at timestamptz not null,
  counted bigint not null,
  held bigint not null,
  ledger bigint not null,
  agree boolean not null
);

-- What metrics and alerts ask of runs at every look.
create index run_finished on guiji.run (finished_at);
create index run_waiting on guiji.run (dataset_id) where state = 'awaiting-approval';
