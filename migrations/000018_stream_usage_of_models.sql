-- Whether the gateway asks this version's server for the usage of streams, which some servers refuse. Stated with the version and never changed; seen by whoever
-- sees the version: a stream whose usage is unknown costs them all that was reserved for it.
alter table model_version add column asks_stream_usage boolean not null default true;
grant insert (asks_stream_usage) on model_version to sluice_actor;
