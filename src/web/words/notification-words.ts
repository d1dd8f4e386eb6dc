import type { NotificationKind } from "../../vocabulary/notification.ts";

export type NotificationWay = { readonly to: string; readonly word: string };

/** Where one goes from a notification, and what the button says. */
export function wayOf(kind: NotificationKind, draft: string | undefined): NotificationWay {
  if (draft !== undefined) {
    return kind === "stage-opened" || kind === "advisory-published" || kind === "draft-abandoned"
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
