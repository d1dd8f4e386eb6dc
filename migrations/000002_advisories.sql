-- Public advisories as received, and what is made from them. Everything here is TLP:CLEAR.

create table advisory (
  id text collate "C" primary key,
  -- The feed whose record is in force.
  feed text not null,
  revision integer not null check (revision >= 1),
  kind text not null check (kind in ('vulnerability', 'malware')),
  title text not null,
  -- As received: clients compare it as text.
  modified text not null,
  modified_at timestamptz not null,
  published_at timestamptz,
  withdrawn_at timestamptz,
  -- The source no longer lists it. Kept and findable, but it matches nothing.
  gone_at timestamptz,
  license text,
  score real,
  vector text not null default '',
  weaknesses text[] not null default '{}',
  has_patch boolean not null,
  hash bytea not null,
  received_at timestamptz not null,
  vulnerability_id text collate "C",
  -- Its aliases changed since vulnerabilities were last made from advisories.
  regroup boolean not null default true
);
create index advisory_vulnerability on advisory (vulnerability_id);
create index advisory_regroup on advisory (id) where regroup;
create index advisory_changed on advisory (received_at);

create table advisory_revision (
  advisory_id text collate "C" not null references advisory,
  revision integer not null,
  feed text not null,
  modified text not null,
  hash bytea not null,
  received_at timestamptz not null,
  body text not null,
  primary key (advisory_id, revision)
);

-- Other ids an advisory names. Only 'alias' joins advisories to one vulnerability.
create table advisory_relation (
  advisory_id text collate "C" not null references advisory,
  kind text not null check (kind in ('alias', 'upstream', 'related')),
  other_id text collate "C" not null,
  primary key (advisory_id, kind, other_id)
);
create index advisory_relation_other on advisory_relation (other_id, kind);

create table affected_package (
  advisory_id text collate "C" not null references advisory,
  ecosystem text collate "C" not null,
  name text collate "C" not null,
  -- The order its keys are written in; null = none is known and only listed versions match, by text.
  scheme text,
  texts text[] not null,
  set_aside text[] not null,
  empty_intervals integer not null,
  primary key (advisory_id, ecosystem, name)
);
create index affected_package_name on affected_package (ecosystem, name) include (advisory_id);
create index affected_package_search on affected_package (name text_pattern_ops, ecosystem) include (advisory_id);

-- Half-open: lo <= key and key < hi is the only test anywhere.
create table affected_interval (
  advisory_id text collate "C" not null references advisory,
  ecosystem text collate "C" not null,
  name text collate "C" not null,
  lo bytea not null,
  hi bytea not null,
  lo_text text not null,
  hi_text text,
  hi_kind text not null check (hi_kind in ('fixed', 'last_affected', 'limit', 'none', 'listed'))
);
create index affected_interval_key on affected_interval (ecosystem, name, lo) include (hi, advisory_id);
create index affected_interval_advisory on affected_interval (advisory_id);

create table severity (
  advisory_id text collate "C" not null references advisory,
  ordinal integer not null,
  type text not null,
  vector text not null,
  -- Recomputed from the vector; null = it is no usable vector (a word, or a number of another scale).
  score real,
  ecosystem text,
  name text,
  primary key (advisory_id, ordinal)
);

create table patch (
  advisory_id text collate "C" not null references advisory,
  ordinal integer not null,
  kind text not null check (kind in ('fixed-version', 'commit', 'pull-request')),
  value text not null,
  ecosystem text,
  name text,
  primary key (advisory_id, ordinal)
);

-- What the advisories that are aliases of one another describe. Made, never typed by hand.
create table vulnerability (
  id text collate "C" primary key,
  -- The advisory it was first made for: after a split the id stays where this advisory is.
  founded_by text collate "C" not null,
  title text not null,
  kind text not null,
  names text[] not null,
  score real,
  exploited boolean not null,
  has_patch boolean not null,
  withdrawn boolean not null,
  weaknesses text[] not null,
  modified_at timestamptz not null,
  published_at timestamptz,
  words tsvector not null
);
create index vulnerability_newest on vulnerability (modified_at desc, id desc);
create index vulnerability_exploited on vulnerability (modified_at desc, id desc) where exploited;
create index vulnerability_weaknesses on vulnerability using gin (weaknesses);
create index vulnerability_words on vulnerability using gin (words);

-- Every id a vulnerability goes by; an id belongs to one vulnerability.
create table vulnerability_name (
  name text collate "C" primary key,
  vulnerability_id text collate "C" not null references vulnerability
);
create index vulnerability_name_of on vulnerability_name (vulnerability_id);

-- Ids that were merged away still answer.
create table vulnerability_redirect (
  from_id text collate "C" primary key,
  to_id text collate "C" not null
);

-- The catalogue of known exploited vulnerabilities, as last read.
create table exploited (
  cve text collate "C" primary key,
  date_added date not null,
  due_date date,
  vendor text not null,
  product text not null,
  required_action text not null,
  ransomware text not null
);

create table feed_state (
  feed text not null,
  -- Empty for a feed that is not of one ecosystem.
  ecosystem text collate "C" not null,
  location text not null,
  -- The place to take it from again, as it was given; null = the public one.
  place text,
  state text not null check (state in ('current', 'partial', 'failed', 'running')),
  -- When the source last stated its complete state, of the last sync that ended well; null = unknown.
  stated_at timestamptz,
  -- Newest modified time taken; the next sync overlaps it.
  watermark text,
  includes_malware boolean not null default false,
  records integer not null default 0,
  last_tried_at timestamptz,
  last_success_at timestamptz,
  last_full_at timestamptz,
  last_error text,
  primary key (feed, ecosystem)
);

-- Which records a feed lists for an ecosystem. A record in two ecosystems is stored once.
create table feed_record (
  feed text not null,
  ecosystem text collate "C" not null,
  advisory_id text collate "C" not null references advisory,
  primary key (feed, ecosystem, advisory_id)
);
create index feed_record_advisory on feed_record (advisory_id);

-- Records that could not be read, and groups that were not joined. What was readable before stays in force.
create table feed_problem (
  feed text not null,
  ecosystem text collate "C" not null,
  record_id text collate "C" not null,
  place text not null,
  reason text not null,
  seen_at timestamptz not null,
  primary key (feed, ecosystem, record_id)
);

select guard_public_table(name) from unnest(array[
  'advisory', 'advisory_revision', 'advisory_relation', 'affected_package', 'affected_interval', 'severity', 'patch',
  'vulnerability', 'vulnerability_name', 'vulnerability_redirect', 'exploited',
  'feed_state', 'feed_record', 'feed_problem'
]) as name;
