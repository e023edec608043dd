-- What the processes that read a source last found of it: written when its circuit breaker opens or closes.

create table guiji.source_health (
  source text primary key references guiji.source (code),
  state text not null check (state in ('closed', 'open')),
  failures int not null,
  code text,
  cause text,
  since timestamptz,
  until timestamptz,
  worker text not null,
  at timestamptz not null,
  check (state = 'closed' or (since is not null and until is not null and code is not null))
);
comment on table guiji.source_health is 'circuit breakers of sources: open while a source is left alone after failures';
