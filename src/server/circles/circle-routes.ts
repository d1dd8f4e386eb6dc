import {
  acceptInvitation,
  changeCircle,
  closeCircle,
  createCircle,
  declineInvitation,
  inviteToCircle,
  leaveCircle,
  listCircleInvitations,
  listCircleMembers,
  listCircles,
  listReceivedInvitations,
  noteVetting,
  readCircle,
  revokeCircleMember,
  signAgreement,
  withdrawCircleInvitation,
} from "../../contract/endpoints/circles.ts";
import { type Route, route } from "../http/route.ts";
import type { CircleService } from "./circle-service.ts";
import type { InvitationService } from "./invitation-service.ts";

export function circleRoutes(circles: CircleService, invitations: InvitationService): readonly Route[] {
  return [
    route(listCircles, ({ caller, query }) => circles.list(caller, query)),
    route(createCircle, ({ caller, body }) => circles.create(caller, body)),
    route(readCircle, ({ caller, params }) => circles.read(caller, params.circle)),
    route(changeCircle, ({ caller, params, body }) => circles.change(caller, params.circle, body)),
    route(closeCircle, ({ caller, params }) => circles.close(caller, params.circle)),
    route(listCircleMembers, ({ caller, params, query }) => circles.members(caller, params.circle, query)),
    route(inviteToCircle, ({ caller, params, body }) => invitations.invite(caller, params.circle, body)),
    route(listCircleInvitations, ({ caller, params, query }) => invitations.sent(caller, params.circle, query)),
    route(withdrawCircleInvitation, ({ caller, params }) => invitations.withdraw(caller, params.invitation)),
    route(listReceivedInvitations, async ({ caller }) => ({ rows: [...(await invitations.received(caller))] })),
    route(acceptInvitation, ({ caller, params, body }) => invitations.accept(caller, params.invitation, body.agreementSha256)),
    route(declineInvitation, async ({ caller, params }) => {
      await invitations.decline(caller, params.invitation);
      return { done: true as const };
    }),
    route(signAgreement, ({ caller, params, body }) => circles.sign(caller, params.circle, body.agreementSha256)),
    route(leaveCircle, ({ caller, params }) => circles.leave(caller, params.circle)),
    route(revokeCircleMember, ({ caller, params, body }) => circles.revoke(caller, params.circle, params.organisation, body.reason)),
    route(noteVetting, async ({ caller, params, body }) => {
      await circles.noteVetting(caller, params.circle, body);
      return { done: true as const };
    }),
  ];
}
