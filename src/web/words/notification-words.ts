import type { NotificationKind } from "../../vocabulary/notification.ts";
import type { OrganisationKind } from "../../vocabulary/organisation.ts";
import { modelsTitle } from "./model-words.ts";
import { hasModels } from "./places.ts";

export type NotificationWay = { readonly to: string; readonly word: string };

const ABOUT_THE_DRAFT: ReadonlySet<NotificationKind> = new Set([
  "stage-opened",
  "advisory-published",
  "advisory-corrected",
  "advisory-withdrawn",
  "draft-abandoned",
]);

/** Where one goes from a notification, and what the button says. `acting`: the kind of organisation that was told. */
export function wayOf(kind: NotificationKind, draft: string | undefined, acting: OrganisationKind): NotificationWay {
  if (draft !== undefined) {
    return ABOUT_THE_DRAFT.has(kind)
      ? { to: `/drafts/${draft}`, word: "Open the draft advisory" }
      : { to: `/drafts/${draft}/release-plan`, word: "Open the release plan" };
  }
  switch (kind) {
    case "circle-invitation":
    case "agreement-changed":
    case "membership-ended":
    case "invitation-answered":
      return { to: "/circles", word: "Open the circles" };
    case "model-offered":
    case "revocation-asked":
    case "access-requested":
    case "request-answered":
    case "partner-proposed":
      return { to: "/models", word: `Open the ${modelsTitle(acting).toLowerCase()}` };
    case "window-opened":
    case "window-closed":
    case "model-withdrawn":
    case "terms-changed":
    case "probe-different":
      return hasModels(acting)
        ? { to: "/models", word: `Open the ${modelsTitle(acting).toLowerCase()}` }
        : { to: "/grants", word: "Open your windows" };
    case "member-recovered":
      return { to: "/organisation", word: "Open the members" };
    default:
      return { to: "/", word: "What needs you now" };
  }
}
