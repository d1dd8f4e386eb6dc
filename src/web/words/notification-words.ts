import type { NotificationKind } from "../../vocabulary/notification.ts";

export type NotificationWay = { readonly to: string; readonly word: string };

const ABOUT_THE_DRAFT: ReadonlySet<NotificationKind> = new Set([
  "stage-opened",
  "advisory-published",
  "advisory-corrected",
  "advisory-withdrawn",
  "draft-abandoned",
]);

/** Where one goes from a notification, and what the button says. */
export function wayOf(kind: NotificationKind, draft: string | undefined): NotificationWay {
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
    case "member-recovered":
      return { to: "/organisation", word: "Open the members" };
    default:
      return { to: "/", word: "What needs you now" };
  }
}
