import type { CertificateAnswer } from "../../contract/endpoints/model-history.ts";
import type { KeyPlaceAnswer, WindowAnswer } from "../../contract/model-schemas.ts";
import type { StateKind } from "../ui/state.tsx";
import { countText, listText } from "./count-text.ts";

type Shown = { readonly kind: StateKind; readonly word: string };

/** A gateway of a lab's own: what its lab calls it, and behind that its own name, without the id of its credential. */
export function placeText({ gateway, name }: Pick<KeyPlaceAnswer, "gateway" | "name">): string {
  const own = gateway.slice(gateway.indexOf("/") + 1);
  return name === undefined ? own : `${name} (${own})`;
}

export function placeShown({ state }: Pick<KeyPlaceAnswer, "state">): Shown {
  return state === "destroyed" ? { kind: "opened", word: "destroyed" } : { kind: "cannot-say", word: "not stated" };
}

/** Where a key was destroyed, of all gateways that may have had one: never `destroyed` alone while one of them has not stated it. */
export function destroyedAtText(places: readonly Pick<KeyPlaceAnswer, "state">[]): string {
  const destroyed = places.filter(({ state }) => state === "destroyed").length;
  if (destroyed === 0) return "not stated as destroyed";
  return destroyed === places.length ? "destroyed" : `destroyed at ${destroyed} of ${countText(places.length, "gateway")}`;
}

/** What has not been stated, as a sentence; undefined = nothing is missing. */
export function notStatedText(places: readonly KeyPlaceAnswer[]): string | undefined {
  const missing = places.filter(({ state }) => state === "not-stated");
  if (missing.length === 0) return undefined;
  const [has, it] = missing.length === 1 ? ["has", "its own"] : ["have", "their own"];
  return `${listText(missing.map(placeText))} ${has} not stated that ${it} is destroyed. Nobody here can say.`;
}

const credentials: Readonly<Record<NonNullable<WindowAnswer["credential"]>, Shown>> = {
  missing: { kind: "due", word: "no key given" },
  given: { kind: "in-force", word: "key sealed" },
  destroyed: { kind: "opened", word: "key destroyed" },
  premises: { kind: "in-force", word: "key stays with you" },
};

/** How a window's key stands, for its lab; undefined = one is not told. */
export function credentialShown({ credential, credentialAt }: Pick<WindowAnswer, "credential" | "credentialAt">): Shown | undefined {
  if (credential === undefined) return undefined;
  if (credential === "destroyed" || credentialAt === undefined) return credentials[credential];
  return { kind: "cannot-say", word: `key ${destroyedAtText(credentialAt)}` };
}

/** The same as a sentence of the model's page. */
export function credentialSentence(window: Pick<WindowAnswer, "credential" | "credentialAt">): string | undefined {
  const { credential, credentialAt } = window;
  switch (credential) {
    case undefined:
      return undefined;
    case "given":
      return "No page, log, export or backup returns the key";
    case "missing":
      return "no key given yet: nothing opens without it";
    case "destroyed":
      return credentialAt === undefined || credentialAt.length < 2
        ? "its key is destroyed"
        : `its key is destroyed at each of ${countText(credentialAt.length, "gateway")}`;
    case "premises":
      return credentialAt === undefined ? "its key stays at your own gateway" : `its key is ${destroyedAtText(credentialAt)}`;
  }
}

/** Which key was destroyed, in words. */
export function destroyedKeyText({ what, organisation }: Pick<CertificateAnswer, "what" | "organisation">): string {
  return what === "credential" ? "The lab’s credential" : `Recorded exchanges of ${organisation?.name ?? "one organisation"}`;
}
