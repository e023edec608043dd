-- What keeps runs from getting stuck: who says that a run is alive, who asked that it end, and what a resumed run
-- compares with.

-- One row per run under way, apart from guiji.run: that row is locked while a run settles, and those who look after
-- a run or want it to end must not wait for it. Instants are the store's own: clocks of other machines do not count.
create table guiji.lease (
  run_id bigint primary key,
  fence bigint not null,
  until timestamptz not null,
  progressed_at timestamptz not null,
  cancel_at timestamptz,
  cancel_by text
);
comment on table guiji.lease is 'runs under way: alive until, and what was asked of them';
comment on column guiji.lease.until is 'renewed as long as the run makes progress; past it another process declares the run lost';
comment on column guiji.lease.progressed_at is 'when bytes, records or a working statement were last seen';

alter table guiji.ledger add column digest bigint;
comment on column guiji.ledger.digest is 'of the digests of the chunk''s records in their order; a resumed run compares what the source gives now';

-- At most one lost run of a dataset is kept to go on with: the others are only history.
create index run_resumable on guiji.run (dataset_id) where state = 'lost' and plan ? 'checkpoint';
