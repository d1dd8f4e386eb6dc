-- The ledger: an append-only tree over 32-byte leaves of confidential statements, padding, and public advisory revisions.
-- What is served to everybody are the tree, the leaves and the signed heads. What a leaf stands for is in ledger_statement alone.

create table ledger (
  id smallint primary key default 1 check (id = 1),
  -- Names this tree and no other: a database made anew is another log.
  origin text collate "C" not null,
  size bigint not null check (size >= 0),
  root bytea not null check (length(root) = 32),
  started_at timestamptz not null,
  last_batch_at timestamptz
);

-- Hashes of 32 bytes, one after another; the last tile of a level grows until it has 256.
create table ledger_tile (
  level smallint not null check (level between 0 and 63),
  index bigint not null check (index >= 0),
  hashes bytea not null check (length(hashes) between 32 and 8192 and length(hashes) % 32 = 0),
  primary key (level, index)
);

-- Leaves, each behind its length in two bytes, 256 to a bundle.
create table ledger_bundle (
  index bigint primary key check (index >= 0),
  entries bytea not null
);

-- Every head that was signed. After a restart the same leaves go on under another name.
create table ledger_checkpoint (
  origin text collate "C" not null,
  size bigint not null,
  root bytea not null check (length(root) = 32),
  note text not null,
  signed_at timestamptz not null,
  primary key (origin, size)
);

-- What independent witnesses answered, a note's signature line each.
create table ledger_cosignature (
  origin text collate "C" not null,
  size bigint not null,
  witness text collate "C" not null,
  line text not null,
  stated_at timestamptz not null,
  primary key (origin, size, witness),
  foreign key (origin, size) references ledger_checkpoint
);

-- A public leaf for every revision of an advisory that this installation published.
create table ledger_revision (
  advisory_id text collate "C" not null,
  version integer not null check (version >= 1),
  sha256 text collate "C" not null check (sha256 ~ '^[0-9a-f]{64}$'),
  leaf text not null,
  recorded_at timestamptz not null,
  -- Null = not in the tree yet.
  leaf_index bigint,
  primary key (advisory_id, version)
);
create index ledger_revision_pending on ledger_revision (recorded_at, advisory_id, version) where leaf_index is null;

-- What a confidential leaf stands for: leaf = SHA-256(nonce || statement). Whoever sees the record at this level sees the statement.
create table ledger_statement (
  organisation_id uuid not null references organisation,
  id uuid not null,
  kind text not null check (length(kind) between 1 and 60),
  record_organisation_id uuid,
  record_id uuid,
  level smallint not null check (level between 1 and 5),
  -- Both null once erased: the leaf is then noise.
  statement text,
  nonce bytea check (length(nonce) = 32),
  leaf bytea not null check (length(leaf) = 32),
  recorded_at timestamptz not null,
  leaf_index bigint,
  erased_at timestamptz,
  erased_by uuid,
  primary key (organisation_id, id),
  check ((record_organisation_id is null) = (record_id is null)),
  check ((statement is null) = (nonce is null)),
  check ((nonce is null) = (erased_at is not null))
);
create index ledger_statement_pending on ledger_statement (recorded_at, id) where leaf_index is null;
create index ledger_statement_newest on ledger_statement (organisation_id, recorded_at desc, id desc);
create index ledger_statement_id on ledger_statement (id);
create index ledger_statement_record on ledger_statement (record_organisation_id, record_id, recorded_at desc, id desc);

select guard_confidential_table(name) from unnest(array[
  'ledger', 'ledger_tile', 'ledger_bundle', 'ledger_checkpoint', 'ledger_cosignature', 'ledger_revision', 'ledger_statement'
]) as name;

-- Public, and written by the notary alone. Nothing in the tree is ever taken away.
do $$
declare
  kept text;
begin
  foreach kept in array array['ledger', 'ledger_tile', 'ledger_bundle', 'ledger_checkpoint', 'ledger_cosignature', 'ledger_revision'] loop
    execute format('create policy everyone_reads on %I for select to sluice_reader, sluice_actor, sluice_releaser using (true)', kept);
    execute format('create policy notary_keeps on %I for all to sluice_notary using (true) with check (true)', kept);
    execute format('grant select on %I to sluice_reader, sluice_actor, sluice_releaser, sluice_notary', kept);
  end loop;
end
$$;
grant insert on ledger, ledger_tile, ledger_bundle, ledger_checkpoint, ledger_cosignature to sluice_notary;
grant update (origin, size, root, last_batch_at) on ledger to sluice_notary;
grant update (hashes) on ledger_tile to sluice_notary;
grant update (entries) on ledger_bundle to sluice_notary;
grant update (line, stated_at) on ledger_cosignature to sluice_notary;
grant update (leaf_index) on ledger_revision to sluice_notary;
-- Whoever publishes an advisory records its revision in the same transaction.
create policy releaser_records on ledger_revision for insert to sluice_releaser with check (leaf_index is null);
grant insert (advisory_id, version, sha256, leaf, recorded_at) on ledger_revision to sluice_releaser;

-- The notary sees leaves and never what they stand for.
create policy notary_places on ledger_statement for all to sluice_notary using (true) with check (true);
grant select (organisation_id, id, leaf, recorded_at, leaf_index) on ledger_statement to sluice_notary;
grant update (leaf_index) on ledger_statement to sluice_notary;

-- A statement is its organisation's, and of everyone who sees its record at its level.
create policy own on ledger_statement for select to sluice_actor
  using (organisation_id = (select actor_organisation()) and level >= (select actor_floor()));
create policy seen on ledger_statement for select to sluice_actor using (level >= (select actor_floor()) and exists (
  select from opening o where o.organisation_id = ledger_statement.record_organisation_id and o.record_id = ledger_statement.record_id
    and o.level <= ledger_statement.level));
create policy records on ledger_statement for insert to sluice_actor
  with check (organisation_id = (select actor_organisation()) and leaf_index is null and erased_at is null);
create policy erases on ledger_statement for update to sluice_actor
  using (organisation_id = (select actor_organisation()) and (select actor_role()) = 'administrator' and (select actor_floor()) = 1 and erased_at is null)
  with check (organisation_id = (select actor_organisation()) and erased_at is not null and erased_by = (select actor_person()));
grant select on ledger_statement to sluice_actor;
grant insert (organisation_id, id, kind, record_organisation_id, record_id, level, statement, nonce, leaf, recorded_at) on ledger_statement to sluice_actor;
grant update (statement, nonce, erased_at, erased_by) on ledger_statement to sluice_actor;

-- Jobs record what they do, in the transaction in which they do it.
create policy releaser_records on ledger_statement for insert to sluice_releaser with check (leaf_index is null and erased_at is null);
grant insert (organisation_id, id, kind, record_organisation_id, record_id, level, statement, nonce, leaf, recorded_at) on ledger_statement to sluice_releaser;
create policy gatekeeper_records on ledger_statement for insert to sluice_gatekeeper with check (leaf_index is null and erased_at is null);
grant insert (organisation_id, id, kind, record_organisation_id, record_id, level, statement, nonce, leaf, recorded_at) on ledger_statement to sluice_gatekeeper;
