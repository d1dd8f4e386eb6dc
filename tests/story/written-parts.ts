import type { StatedPartInput } from "../../src/contract/draft-part-schemas.ts";
import { DRAFT_STORIES, type Draft } from "./drafts.ts";

/** What a draft advisory of the story says, each part at the level of its kind. */
export function partsOf(draft: Draft): readonly StatedPartInput[] {
  const { affects } = DRAFT_STORIES[draft];
  return [
    { kind: "notice", body: { packages: affects.map(({ ecosystem, name }) => ({ ecosystem, name })) } },
    { kind: "summary", body: { text: summaryOf(draft) } },
    { kind: "details", body: { text: `Invented for a story: what ${draft} does, in words.` } },
    ...affects.map(({ ecosystem, name, ranges }): StatedPartInput => ({
      kind: "affected",
      body: {
        package: { ecosystem, name },
        ranges: ranges.map(([introduced, fixed]) => ({
          type: ecosystem === "npm" ? ("SEMVER" as const) : ("ECOSYSTEM" as const),
          events: [
            { kind: "introduced" as const, version: introduced },
            { kind: "fixed" as const, version: fixed },
          ],
        })),
      },
    })),
    { kind: "patch", body: { kind: "mitigation", text: patchOf(draft) } },
    { kind: "severity", body: { type: "CVSS_V3", vector: "CVSS:3.1/AV:N/AC:L/PR:N/UI:N/S:U/C:H/I:H/A:H" } },
    { kind: "build", body: { text: `Build notes of ${draft}, for whoever prepares packages.` } },
    { kind: "research", body: { text: researchOf(draft) } },
  ];
}

export function summaryOf(draft: Draft): string {
  return `The fault called ${draft}`;
}

export function patchOf(draft: Draft): string {
  return `Until it is fixed, switch off what ${draft} needs.`;
}

export function researchOf(draft: Draft): string {
  return `How ${draft} is made to happen, step by step.`;
}
