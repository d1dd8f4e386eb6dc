import type { ModelTerms } from "../../contract/model-schemas.ts";
import { countText, listText } from "./count-text.ts";
import { amountText } from "./model-words.ts";

/** Terms as labels and words, word for word where the lab wrote words. */
export function termsFacts(terms: ModelTerms): readonly (readonly [label: string, value: string])[] {
  const { purposes, retentionDays, destruction, confidentiality, whoMaySee, probes, passLabHeaders, contacts } = terms;
  return [
    ["Purposes", listText(purposes)],
    [
      "Kept for",
      retentionDays === 0
        ? "not after closing: the key of recorded exchanges is destroyed with the window, with a certificate in the ledger"
        : `${countText(retentionDays, "day")} after closing, then the key of recorded exchanges is destroyed, with a certificate in the ledger`,
    ],
    ["Users destroy", destruction],
    ["Confidentiality", confidentiality],
    ["Who sees what", whoMaySee],
    [
      "Probes",
      probes === undefined
        ? "none agreed"
        : `${countText(probes.callsPerDay, "call")} and ${amountText(probes.tokensPerDay)} tokens a day at most, at the lab’s cost`,
    ],
    ...(passLabHeaders ? [["Headers", "the lab’s request ids and organisation headers reach whoever asks"] as const] : []),
    ["Contacts", contacts.map(({ name, reach, role }) => `${name}${role === "" ? "" : `, ${role}`} (${reach})`).join("; ")],
  ];
}

/** Which terms of a model hold, once they are other than those it was offered with. */
export function modelTermsText(current: number): string | undefined {
  return current === 1 ? undefined : `version ${current} of the terms`;
}

/** As whoever was granted use reads it. */
export function ownTermsText(made: number, current: number): string {
  const stays = `version ${made}, under which it was made and stays`;
  return made === current ? stays : `${stays}; new grants are under version ${current}`;
}

/** Under which terms a grant was made, where there is more than one version. */
export function grantTermsText(made: number, current: number): string | undefined {
  if (current === 1) return undefined;
  return made === current ? `under version ${made} of the terms` : `under version ${made} of the terms, ${current} holds now`;
}
