import { listProposals, proposePartner, turnPartnerKey, turnPartnerKeyBack, withdrawProposal } from "../../contract/endpoints/partners.ts";
import { type Route, route } from "../http/route.ts";
import type { PartnerService } from "./partner-service.ts";

export function partnerRoutes(partners: PartnerService): readonly Route[] {
  return [
    route(listProposals, ({ caller, params, query }) => partners.list(caller, params.model, query)),
    route(proposePartner, ({ caller, params, body }) => partners.propose(caller, params.window, body)),
    route(turnPartnerKey, ({ caller, params, body }) => partners.turn(caller, params.proposal, body.statedSha256)),
    route(turnPartnerKeyBack, ({ caller, params }) => partners.turnBack(caller, params.proposal)),
    route(withdrawProposal, ({ caller, params }) => partners.withdraw(caller, params.proposal)),
  ];
}
