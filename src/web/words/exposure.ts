import type { WireScanAnswer } from "../../contract/schemas.ts";

/** Whether a scanned document is exposed to a vulnerability. "Not found" needs everything in it to have been said. */
export type Exposure =
  | { readonly kind: "exposed"; readonly components: number }
  | { readonly kind: "not-found" }
  | { readonly kind: "cannot-say" };

type Asked = { readonly vulnerability: string; readonly ids: readonly string[] };

export function exposureOf(answer: WireScanAnswer, { vulnerability, ids }: Asked): Exposure {
  const finding = answer.findings.find((found) => found.vulnerability === vulnerability || found.ids.some((id) => ids.includes(id)));
  if (finding !== undefined) return { kind: "exposed", components: finding.components.length };
  const isWhole =
    answer.unreadable.length === 0 &&
    answer.cannotCompare.length === 0 &&
    answer.documents.every(({ problems }) => problems.length === 0) &&
    answer.ecosystems.every(({ cannotSay }) => cannotSay === undefined);
  return { kind: isWhole ? "not-found" : "cannot-say" };
}
