import {
  changeMember,
  changeOrganisation,
  createOrganisation,
  createServiceAccount,
  listMembers,
  listOrganisations,
  readOwnOrganisation,
  revokeMember,
} from "../../contract/endpoints/organisations.ts";
import { type Route, route } from "../http/route.ts";
import type { OrganisationService } from "./organisation-service.ts";

export function organisationRoutes(organisations: OrganisationService): readonly Route[] {
  return [
    route(readOwnOrganisation, ({ caller }) => organisations.own(caller)),
    route(listOrganisations, ({ caller, query }) => organisations.list(caller, query)),
    route(createOrganisation, ({ caller, body }) => organisations.create(caller, { sector: undefined, country: undefined, ...body })),
    route(changeOrganisation, ({ caller, params, body }) =>
      organisations.change(caller, params.organisation, { sector: undefined, country: undefined, ...body }),
    ),
    route(listMembers, ({ caller, query }) => organisations.members(caller, query)),
    route(changeMember, ({ caller, params, body }) => organisations.changeMember(caller, params.member, body)),
    route(revokeMember, ({ caller, params }) => organisations.revokeMember(caller, params.member)),
    route(createServiceAccount, ({ caller, body }) => organisations.createServiceAccount(caller, body)),
  ];
}
