-- What a record states is written and deleted with it, in one transaction and by one function. Looking its id up again for each of these rows,
-- of which a feed has more than ten a record, cost more than a tenth of an import.
alter table affected_interval drop constraint affected_interval_advisory_id_fkey;
alter table patch drop constraint patch_advisory_id_fkey;
