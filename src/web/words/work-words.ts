import type { Coming, WorkItem } from "../shell/work.ts";
import { countText } from "./count-text.ts";

const DAY_MS = 24 * 60 * 60 * 1000;

/** What a row of the list says. `to` is where it can be done; absent where only whoever runs the server can. */
export type WorkWords = { readonly what: string; readonly second?: string; readonly why: string; readonly to?: string };

export function workWords({ kind, draft, circle, model, who, name, count = 0 }: WorkItem): WorkWords {
  const title = draft === undefined ? {} : { second: draft.title };
  const them = who ?? "Another organisation";
  const plan = `/drafts/${draft?.id ?? ""}/release-plan`;
  const inCircle = circle?.name ?? "a circle";
  switch (kind) {
    case "consent":
      return {
        what: "Agree to a changed release plan?",
        ...title,
        why: `${them} proposes it. The running plan binds until all have answered.`,
        to: plan,
      };
    case "own-hold":
      return { what: "Lift your hold?", ...title, why: "Nothing of it opens while your organisation holds it.", to: plan };
    case "held":
      return { what: `${them} holds a release`, ...title, why: "Nothing of it opens until they lift the hold.", to: plan };
    case "plan-missing":
      return {
        what: "Agree its release plan",
        ...title,
        why: "Only your organisation sees this draft until an agreed plan opens it.",
        to: plan,
      };
    case "invitation":
      return { what: `Join ${inCircle}?`, why: `${them} invites your organisation.`, to: "/circles" };
    case "agreement":
      return { what: `Sign the agreement of ${inCircle}`, why: "Until it is signed, nothing opens to you there.", to: "/circles" };
    case "access-request":
      return {
        what: `${them} asks something of you`,
        second: model?.name ?? "a model",
        why: "Whether and how you answer is your choice. Nothing here counts it.",
        to: `/models/${model?.id ?? ""}`,
      };
    case "membership-ends":
      return {
        what: `Membership in ${inCircle} ends`,
        why: `What was opened to you there is closed to you then. ${them} can renew it.`,
        to: "/circles",
      };
    case "token-ends":
      return {
        what: `Token ${name ?? ""} expires`,
        why: "Whatever uses it is refused then. A new one takes its place.",
        to: "/account#tokens",
      };
    case "delivery-failed":
      return {
        what: `${count > 20 ? "More than 20 deliveries" : countText(count, "delivery", "deliveries")} failed`,
        why: "A mailbox or webhook did not take what was sent. Each can be tried again.",
        to: "/notifications#deliveries",
      };
    case "second-way-in":
      return {
        what: "Make recovery codes",
        why: "You have one way in. If it is lost, an administrator has to let you back.",
        to: "/account",
      };
    case "setup-administrator":
      return { what: "Invite a second administrator", why: "One who is locked out can be let back by the other.", to: "/organisation" };
    case "setup-address":
      return {
        what: "Set the address people use",
        why: "PUBLIC_URL is not set: passkeys and links in mail work on this machine only. Whoever runs the server sets it.",
      };
    case "setup-mail":
      return { what: "Set a mail server", why: "SMTP_URL is not set: nobody is told by mail. Whoever runs the server sets it." };
    case "setup-circle":
      return { what: "Make the first circle", why: "Release plans open to circles of organisations.", to: "/circles" };
  }
}

export type WorkGroup = "now" | "week" | "later";

/** When a row wants to be done: somebody or something waits for it, within a week, or when there is time. */
export function groupOf({ kind, dueMs }: WorkItem, nowMs: number): WorkGroup {
  if (kind === "consent" || kind === "own-hold" || kind === "delivery-failed") return "now";
  const leftMs = dueMs === undefined ? Number.POSITIVE_INFINITY : dueMs - nowMs;
  if (leftMs <= DAY_MS) return "now";
  // Somebody waits for an answer, however late it may come.
  const isAwaited =
    kind === "invitation" || kind === "agreement" || kind === "access-request" || kind === "plan-missing" || kind === "held";
  return isAwaited || leftMs <= 7 * DAY_MS ? "week" : "later";
}

export const groupWords: Readonly<Record<WorkGroup, string>> = { now: "Now", week: "This week", later: "When there is time" };

/** The heading: how much waits, and for whom. */
export function workHeading(count: number, isCoordinator: boolean): string {
  if (count === 0) return isCoordinator ? "Nothing waits for the desk" : "Nothing waits for you";
  const things = countText(count, "thing");
  return `${things} ${count === 1 ? "waits" : "wait"} for ${isCoordinator ? "the desk" : "you"}`;
}

/** What happens on a day of the strip. */
export function comingWords({ kind, draft, circle, level, name }: Coming): { readonly what: string; readonly to: string } {
  const title = draft?.title ?? "";
  switch (kind) {
    case "opens":
      return { what: `${title}: ${level ?? "it"} to ${circle?.name ?? "a circle"}`, to: `/drafts/${draft?.id ?? ""}` };
    case "public":
      return { what: `${title}: public`, to: `/drafts/${draft?.id ?? ""}` };
    case "membership-ends":
      return { what: `${circle?.name ?? "a circle"}: membership ends`, to: "/circles" };
    case "token-ends":
      return { what: `Token ${name ?? ""} expires`, to: "/account#tokens" };
    case "answer-by":
      return { what: `${circle?.name ?? "a circle"}: answer by`, to: "/circles" };
  }
}
