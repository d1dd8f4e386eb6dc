import type { DraftLevel } from "./level.ts";

/** The labels of TLP 2.0 (FIRST, August 2022), the narrowest first. */
export const TLP_LABELS = ["TLP:RED", "TLP:AMBER+STRICT", "TLP:AMBER", "TLP:GREEN", "TLP:CLEAR"] as const;
export type TlpLabel = (typeof TLP_LABELS)[number];

/**
 * A label as documents write it: with or without `TLP:`, in any case, by the names of TLP 1.0 too, whose WHITE is CLEAR.
 * Undefined for anything else: what is not understood is not taken for open.
 */
export function parseTlp(text: string): TlpLabel | undefined {
  const word = text
    .trim()
    .toUpperCase()
    .replace(/^TLP:\s*/, "");
  const label = word === "WHITE" ? "TLP:CLEAR" : `TLP:${word}`;
  return TLP_LABELS.find((one) => one === label);
}

/** How what is shown at a level is marked for those who see it. Research is marked `TLP:RED` by itself: each reading is written down. */
export const TLP_OF_LEVEL: Readonly<Record<DraftLevel, TlpLabel>> = {
  case: "TLP:AMBER+STRICT",
  build: "TLP:AMBER+STRICT",
  fix: "TLP:AMBER",
  notice: "TLP:AMBER",
  public: "TLP:CLEAR",
};

/**
 * The least confidential level at which something from a document under the label may stand, where its kind allows a less confidential one.
 * Undefined = the label asks for nothing more than the kind does.
 */
export function levelUnderTlp(label: TlpLabel): DraftLevel | undefined {
  switch (label) {
    case "TLP:RED":
      return "case";
    case "TLP:AMBER+STRICT":
      return "build";
    case "TLP:AMBER":
      return "fix";
    case "TLP:GREEN":
    case "TLP:CLEAR":
      return undefined;
  }
}
