-- The order of the last listing: digests of the stored rows, as they were listed, in pages. A snapshot is compared side
-- by side with it instead of looking every record up.

create table guiji.listing_page (
  dataset_id bigint not null references guiji.dataset (id),
  run_id bigint not null,
  page bigint not null,
  digests bytea not null,
  primary key (dataset_id, run_id, page)
);
-- A page is one block, and digests do not compress.
alter table guiji.listing_page alter digests set storage plain;
comment on table guiji.listing_page is 'digests of stored rows, 8 bytes each, little-endian; pages on no list of guiji.listing belong to a run under way';

create table guiji.listing (
  dataset_id bigint primary key references guiji.dataset (id),
  run_id bigint not null,
  page_runs bigint[] not null,
  pages bigint[] not null
);
comment on table guiji.listing is 'pages of a dataset, with the runs that made them, in the order of the listing of run_id; they hold only while it is the published run';
