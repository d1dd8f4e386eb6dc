import { levelNumber } from "../../vocabulary/level.ts";
import type { Verb } from "../../vocabulary/organisation.ts";
import type { SignInWay } from "../../contract/session-schema.ts";

export const SESSION_MS = 12 * 60 * 60_000;
export const SESSION_IDLE_MS = 60 * 60_000;
/** How long after it began a session may make other ways in. */
export const FRESH_MS = 15 * 60_000;
/** Last use is written down at most this often. */
export const LAST_USE_EVERY_MS = 60_000;

/** What a way of signing in is worth. */
export type SessionWorth = { readonly floor: number; readonly secondFactor: boolean };

/** Where passkeys cannot work nothing above `notice` is shown: neither a code nor a link can be told from one that was read over a shoulder or on the way. */
export const WEAK_WORTH: SessionWorth = { floor: levelNumber("notice"), secondFactor: false };

/** A passkey is a thing one holds and a finger, face or PIN in one (user verification is required). */
export const PASSKEY_WORTH: SessionWorth = { floor: levelNumber("case"), secondFactor: true };

/** A link in a mailbox reads and answers; it gives nobody rights. */
const VERBS_OF_MAILED_LINK: ReadonlySet<Verb> = new Set(["draft.read", "draft.write", "scan", "notification.manage"]);

/** What a session allows of what its member's role does. */
export function verbsOfSession(way: SignInWay, verbsOfMember: readonly Verb[]): readonly Verb[] {
  return way === "mailed-link" ? verbsOfMember.filter((verb) => VERBS_OF_MAILED_LINK.has(verb)) : verbsOfMember;
}

/** RFC 8176: the methods that say that more than one factor was used. */
export function isMultiFactor(methods: readonly string[]): boolean {
  return methods.includes("mfa") || methods.includes("hwk") || methods.includes("swk") || methods.includes("otp");
}

export type SessionTimes = { readonly lastUsedAtMs: number; readonly expiresAtMs: number };

export function isSessionOver({ lastUsedAtMs, expiresAtMs }: SessionTimes, nowMs: number): boolean {
  return nowMs >= expiresAtMs || nowMs - lastUsedAtMs >= SESSION_IDLE_MS;
}
