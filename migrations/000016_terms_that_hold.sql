-- A grant is made under the terms that hold then, and so is a partner's proposal. A partner's grant is made under those of its proposal: both keys were turned on it.

-- These keys hold the model's row until the transaction ends, and are checked before the triggers below (whose names come later), which look at what was committed
-- by then: either new terms wait for the grant, or the grant waits for them and is refused.
alter table access_grant add foreign key (organisation_id, enrolment_id, desk_organisation_id) references enrolment (organisation_id, id, desk_organisation_id);
alter table partner_proposal add foreign key (organisation_id, enrolment_id, desk_organisation_id) references enrolment (organisation_id, id, desk_organisation_id);

-- All of them act with the rights of whoever writes, after its policies: who may write here sees all that is asked.
create function hold_model_for_terms() returns trigger language plpgsql as $$
begin
  perform from enrolment e where e.organisation_id = new.organisation_id and e.id = new.enrolment_id for update;
  if not found then
    raise exception 'terms without their model' using errcode = 'SL002', detail = 'Expected a model that is not withdrawn: its terms stay as they are';
  end if;
  return null;
end
$$;
create function expect_terms_that_hold() returns trigger language plpgsql as $$
declare
  held integer;
begin
  select coalesce(max(t.version), 1) into held from changed_terms t where t.organisation_id = new.organisation_id and t.enrolment_id = new.enrolment_id;
  if new.terms_version <> held then
    raise exception 'terms that do not hold' using errcode = 'SL002',
      detail = format('Expected version %s of the terms, which holds now, got %s: look at it first', held, new.terms_version);
  end if;
  return null;
end
$$;
create function expect_terms_of_proposal() returns trigger language plpgsql as $$
begin
  perform from partner_proposal p where p.organisation_id = new.organisation_id and p.window_id = new.window_id
    and p.partner_organisation_id = new.grantee_organisation_id and p.withdrawn_at is null and p.grant_id is null and p.terms_version = new.terms_version;
  if not found then
    raise exception 'terms of no proposal' using errcode = 'SL002',
      detail = format('Expected the version of the terms that the partner''s standing proposal was made under, got %s', new.terms_version);
  end if;
  return null;
end
$$;
create trigger terms_wait after insert on changed_terms for each row execute function hold_model_for_terms();
create trigger terms_that_hold after insert on partner_proposal for each row execute function expect_terms_that_hold();
create trigger terms_that_hold after insert on access_grant for each row when (new.kind <> 'partner-stage') execute function expect_terms_that_hold();
create trigger terms_of_proposal after insert on access_grant for each row when (new.kind = 'partner-stage') execute function expect_terms_of_proposal();

-- Nobody who asks may update these columns; here neither may whoever keeps house.
create function stay_as_made() returns trigger language plpgsql as $$
begin
  raise exception 'what % was made for, and under which terms, is never changed', tg_table_name using errcode = 'integrity_constraint_violation';
end
$$;
create trigger stays_as_made before update of organisation_id, window_id, enrolment_id, desk_organisation_id, kind, grantee_organisation_id, terms_version on access_grant
  for each row when ((old.organisation_id, old.window_id, old.enrolment_id, old.desk_organisation_id, old.kind, old.grantee_organisation_id, old.terms_version)
    is distinct from (new.organisation_id, new.window_id, new.enrolment_id, new.desk_organisation_id, new.kind, new.grantee_organisation_id, new.terms_version))
  execute function stay_as_made();
create trigger stays_as_made before update of organisation_id, window_id, enrolment_id, desk_organisation_id, partner_organisation_id, terms_version on partner_proposal
  for each row when ((old.organisation_id, old.window_id, old.enrolment_id, old.desk_organisation_id, old.partner_organisation_id, old.terms_version)
    is distinct from (new.organisation_id, new.window_id, new.enrolment_id, new.desk_organisation_id, new.partner_organisation_id, new.terms_version))
  execute function stay_as_made();
