-- What a record states is written and deleted with it, in one transaction and by one function. Its id would be looked up again for each of these rows,
-- of which a record has a dozen and more.
alter table affected_interval drop constraint affected_interval_advisory_id_fkey;
alter table patch drop constraint patch_advisory_id_fkey;
