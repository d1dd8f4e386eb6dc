-- What search and the list of packages stand on. All of it is made from the advisories, and made again with the vulnerability it belongs to.

-- The words of a text as search knows them: lower case, cut at everything that separates words in any title, id or package name.
-- What is stored and what is asked both pass through it, so neither depends on a text search configuration.
-- A word may have 2046 bytes: in a long text what is longer than any word is cut first.
create function search_words(said text) returns text[] language sql immutable parallel safe as $$
  select array_remove(string_to_array(regexp_replace(
    case when octet_length(said) <= 2000 then lower(said)
      else regexp_replace(lower(said), E'([^\u0001-/:-@\\[-`{-\u00bf\u2000-\u206f\u3000-\u303f]{100})[^\u0001-/:-@\\[-`{-\u00bf\u2000-\u206f\u3000-\u303f]+', '\1', 'g') end,
    E'[\u0001-/:-@\\[-`{-\u00bf\u2000-\u206f\u3000-\u303f]+', ' ', 'g'), ' '), '')
$$;

-- All the words, the last one as the beginning of one: what somebody has typed so far. The words hold no quote and no backslash.
create function search_query(said text) returns tsquery language sql immutable parallel safe as $$
  select coalesce(string_agg('''' || word || case when position = total then ''':*' else '''' end, ' & ' order by position), '')::tsquery
  from (select word, position, count(*) over () as total from unnest(search_words(said)) with ordinality as cut (word, position)) as numbered
$$;

-- Newest first by one more condition: an index each, since a page must be found without walking over what does not belong to it.
create index vulnerability_present on vulnerability (modified_at desc, id desc) where not withdrawn;
create index vulnerability_patch on vulnerability (has_patch, modified_at desc, id desc) where not withdrawn;
create index vulnerability_kind on vulnerability (kind, modified_at desc, id desc) where not withdrawn;
-- Without autovacuum the embedded database cleans the list of pending words only when it is full, and every search reads it whole.
alter index vulnerability_words set (gin_pending_list_limit = 256);

-- What a vulnerability can be found by, newest first: `ecosystem npm`, `package lodash`, `CWE-79`. A package's ecosystem stands twice when it has
-- a release suffix: as it is and without.
-- No reference to vulnerability: rows are written and deleted with it in one transaction, and checking each would cost more than writing it.
create table vulnerability_facet (
  facet text collate "C" not null,
  modified_at timestamptz not null,
  vulnerability_id text collate "C" not null,
  withdrawn boolean not null
);
create unique index vulnerability_facet_newest on vulnerability_facet (facet, modified_at desc, vulnerability_id desc) include (withdrawn);
create index vulnerability_facet_of on vulnerability_facet (vulnerability_id);
drop index vulnerability_weaknesses;

-- What is in force against each package.
create table package_summary (
  ecosystem text collate "C" not null,
  name text collate "C" not null,
  vulnerabilities integer not null check (vulnerabilities > 0),
  exploited integer not null,
  highest_score real,
  without_patch integer not null,
  newest_change timestamptz not null,
  primary key (ecosystem, name)
);
create index package_summary_by_name on package_summary (name, ecosystem);
-- Counts negated, so that "most first, then by name" is one direction and a page is one index range.
create index package_summary_most on package_summary ((-vulnerabilities), ecosystem, name);
create index package_summary_most_of on package_summary (ecosystem, (-vulnerabilities), name);

-- Packages whose summary is out of date. Written with the change, in its transaction; whoever is killed before the summary leaves the row to the next.
create table package_to_summarise (
  ecosystem text collate "C" not null,
  name text collate "C" not null,
  primary key (ecosystem, name)
);

select guard_public_table(name) from unnest(array['vulnerability_facet', 'package_summary', 'package_to_summarise']) as name;

-- Vulnerabilities that are here already get their words, facets and summaries by being made again at the next sync.
set local role sluice_keeper;
update advisory set regroup = true;
reset role;
