import type { DraftLevel } from "./level.ts";
import type { Verb } from "./organisation.ts";

/** What an organisation is told of. What kind it is stands only in the console and the API, for whoever may know; mail and webhooks say none of it. */
export const NOTIFICATION_KINDS = [
  "stage-opened",
  "advisory-published",
  "advisory-corrected",
  "advisory-withdrawn",
  "draft-abandoned",
  "consent-asked",
  "consent-answered",
  "release-plan-changed",
  "release-held",
  "release-resumed",
  "exception-made",
  "openings-halted",
  "circle-invitation",
  "invitation-answered",
  "agreement-changed",
  "membership-ended",
  "member-recovered",
  "model-offered",
  "window-opened",
  "window-closed",
  "revocation-asked",
  "model-withdrawn",
  "terms-changed",
  "access-requested",
  "request-answered",
  "partner-proposed",
  "probe-different",
  "test",
] as const;
export type NotificationKind = (typeof NOTIFICATION_KINDS)[number];

export type NotificationRule = {
  /** The whole of it: no name, no title, no package ever joins it. */
  readonly sentence: string;
  /** Of what is about a draft advisory: the level from which it may be known. `public` where it is about none. */
  readonly level: DraftLevel;
  /** Members who may do this are told. */
  readonly verb: Verb;
};

export const NOTIFICATION_RULES: Readonly<Record<NotificationKind, NotificationRule>> = {
  "stage-opened": { sentence: "A stage of a draft advisory opened to you.", level: "notice", verb: "draft.read" },
  "advisory-published": { sentence: "A draft advisory that you were let see is public.", level: "public", verb: "draft.read" },
  "advisory-corrected": {
    sentence: "An advisory that you were let see before it was public was corrected.",
    level: "public",
    verb: "draft.read",
  },
  "advisory-withdrawn": {
    sentence: "An advisory that you were let see before it was public was withdrawn.",
    level: "public",
    verb: "draft.read",
  },
  "draft-abandoned": { sentence: "A draft advisory that you were let see will not be published.", level: "notice", verb: "draft.read" },
  "consent-asked": { sentence: "A change to a release plan waits for your consent.", level: "case", verb: "release.decide" },
  "consent-answered": { sentence: "A change to a release plan was answered.", level: "case", verb: "release.decide" },
  "release-plan-changed": { sentence: "A release plan has changed.", level: "case", verb: "draft.read" },
  "release-held": { sentence: "A release is held: nothing of it opens until the hold is lifted.", level: "case", verb: "draft.read" },
  "release-resumed": { sentence: "A hold on a release was lifted.", level: "case", verb: "draft.read" },
  "exception-made": { sentence: "An organisation that was kept from a draft advisory may see it now.", level: "case", verb: "draft.read" },
  "openings-halted": {
    sentence: "The server's clock cannot be believed, so openings wait until somebody has looked.",
    level: "public",
    verb: "installation.manage",
  },
  "circle-invitation": { sentence: "You are invited to a circle.", level: "public", verb: "circle.join" },
  "invitation-answered": { sentence: "An invitation to a circle of yours was answered.", level: "public", verb: "circle.manage" },
  "agreement-changed": { sentence: "A circle has an agreement for you to sign.", level: "public", verb: "circle.join" },
  "membership-ended": { sentence: "A membership of yours in a circle has ended.", level: "public", verb: "circle.join" },
  "member-recovered": { sentence: "A member of your organisation was let back in by recovery.", level: "public", verb: "member.manage" },
  "model-offered": { sentence: "A lab offered you a model for testing.", level: "public", verb: "model.read" },
  "window-opened": { sentence: "A model can be reached by you.", level: "public", verb: "model.test" },
  "window-closed": { sentence: "An access window has closed.", level: "public", verb: "model.read" },
  "revocation-asked": {
    sentence: "A window that a credential of yours reached is over: revoke the credential at your side, too.",
    level: "public",
    verb: "model.enrol",
  },
  "model-withdrawn": { sentence: "A lab withdrew a model.", level: "public", verb: "model.read" },
  "terms-changed": {
    sentence: "A lab stated new terms for a model: new grants are under them, earlier ones keep their purposes and retention.",
    level: "public",
    verb: "model.read",
  },
  "access-requested": { sentence: "A desk asks something of you.", level: "public", verb: "model.enrol" },
  "request-answered": { sentence: "A request of yours was answered.", level: "public", verb: "model.request" },
  "partner-proposed": { sentence: "A proposed partner waits for your key.", level: "public", verb: "partner.decide" },
  "probe-different": { sentence: "A model answers as another one than at opening.", level: "public", verb: "model.read" },
  test: { sentence: "This is a test of delivery.", level: "public", verb: "notification.manage" },
};

/** Undefined for a kind of a newer version. */
export function parseNotificationKind(text: string): NotificationKind | undefined {
  return NOTIFICATION_KINDS.find((kind) => kind === text);
}

/** `waiting`: will be tried. `delivered`: the other side took it. `failed`: tried for the last time. `withdrawn`: whoever it was for may no longer know. */
export const DELIVERY_STATES = ["waiting", "delivered", "failed", "withdrawn"] as const;
export type DeliveryState = (typeof DELIVERY_STATES)[number];
