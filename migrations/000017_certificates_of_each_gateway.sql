-- Two gateways of one lab have a key each for one grant, of one name: each leaves a certificate of its own.
alter table destruction_certificate drop constraint destruction_certificate_organisation_id_key_id_key;
create unique index destruction_certificate_of_host on destruction_certificate (organisation_id, key_id, coalesce(gateway, ''));
