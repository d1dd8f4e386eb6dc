import { changePart, createDraft, removePart, writePart } from "../../../src/contract/endpoints/drafts.ts";
import type { PartKind } from "../../../src/vocabulary/draft-advisory.ts";
import { type DraftLevel, levelNumber } from "../../../src/vocabulary/level.ts";
import { Discrepancy } from "../discrepancy.ts";
import { seesCase, type Eyes } from "../oracle/who-sees.ts";
import { attempt, nameOf } from "./answers.ts";
import type { Guest, House } from "./house.ts";
import type { People } from "./people.ts";

/** Drafts and their parts. */
export function createDraftMoves({ draw, guests }: House, { writers, anyWriter }: People, eyesNow: (guest: Guest) => Eyes) {
  const { random, facts } = draw;

  async function beginDraft(): Promise<void> {
    const writer = anyWriter();
    const organisation = writer.viewer.organisation;
    const stated = [statedPart("notice"), statedPart("summary"), statedPart("patch"), statedPart("build"), statedPart("research")];
    const made = await writer.ask(createDraft, { body: { parts: stated.map(({ part }) => part) } as never });
    facts.tell("confidential_record", { organisation_id: organisation, id: made.id });
    facts.tell("draft_advisory", { organisation_id: organisation, id: made.id, state: "open" });
    facts.tell("opening", {
      organisation_id: organisation,
      record_id: made.id,
      circle_id: organisation,
      level: 1,
      opened_at: draw.hour(),
      closes_at: "infinity",
    });
    for (const [index, { kind, words }] of stated.entries()) {
      const written = made.parts[index];
      if (written === undefined) throw new Discrepancy("a draft was begun without one of its parts");
      tellPart(writer, { draft: made.id, owner: organisation, kind, words, written });
    }
  }

  type Written = { readonly id: string; readonly revision: number; readonly level: DraftLevel };
  type Told = {
    readonly draft: string;
    readonly owner: unknown;
    readonly kind: PartKind;
    readonly words: string;
    readonly written: Written;
  };

  function tellPart({ viewer }: Guest, { draft, owner, kind, words, written }: Told): void {
    facts.tell("draft_part", {
      organisation_id: String(owner),
      draft_id: draft,
      part_id: written.id,
      revision: written.revision,
      level: levelNumber(written.level),
      kind,
      // What research says is in no list: it is asked for by itself.
      body: kind === "research" ? null : words,
      research: kind === "research" ? draw.random.below(1) : 0,
      author_organisation_id: viewer.organisation,
      replaced_at: null,
    });
    if (kind === "research") facts.tell("draft_research", { part_id: written.id, body: words });
  }

  function statedPart(kind: PartKind): {
    readonly kind: PartKind;
    readonly words: string;
    readonly part: { readonly kind: PartKind; readonly body: unknown; readonly level?: DraftLevel };
  } {
    const words = draw.text();
    const body =
      kind === "notice"
        ? { packages: [{ ecosystem: "npm", name: words }] }
        : kind === "patch"
          ? { kind: "mitigation", text: words }
          : { text: words };
    const closer = random.oneIn(5) ? { level: "case" as const } : {};
    return { kind, words, part: { kind, body, ...closer } };
  }

  /** By anybody: whoever may not is refused, and whoever knows nothing of the draft is told that there is none. */
  async function addPart(): Promise<void> {
    const draft = draw.one("draft_advisory");
    const writer = random.oneIn(2) ? random.pick(guests) : (writers(draft?.["organisation_id"])[0] ?? random.pick(guests));
    if (draft === undefined) return;
    const { kind, words, part } = statedPart(random.pick(["summary", "patch", "build", "research"]));
    const eyes = eyesNow(writer);
    const may = writer.role !== "reader" && draft["state"] === "open" && seesCase(eyes, draft["organisation_id"], draft["id"]);
    const id = String(draft["id"]);
    const written = await attempt(() => writer.ask(writePart, { params: { draft: id }, body: part as never }));
    if ((written !== undefined) !== may)
      throw new Discrepancy(`${nameOf(writer)} adds a part to ${id}: expected ${may}, got ${written !== undefined}`);
    if (written !== undefined) tellPart(writer, { draft: id, owner: draft["organisation_id"], kind, words, written });
  }

  async function alterPart(): Promise<void> {
    const part = random.pick(
      facts
        .of("draft_part")
        .filter((told) => told["replaced_at"] === null)
        .concat({}),
    );
    const owner = writers(part["organisation_id"])[0];
    if (owner === undefined) return;
    const params = { draft: String(part["draft_id"]), part: String(part["part_id"]) };
    const revision = Number(part["revision"]);
    if (random.oneIn(4)) {
      if ((await attempt(() => owner.ask(removePart, { params, body: { revision } }))) !== undefined)
        facts.change("draft_part", part, { replaced_at: draw.hour() });
      return;
    }
    const kind = part["kind"] as PartKind;
    const { words, part: stated } = statedPart(kind);
    const written = await attempt(() => owner.ask(changePart, { params, body: { ...stated, revision } as never }));
    if (written === undefined) return;
    facts.change("draft_part", part, { replaced_at: draw.hour() });
    tellPart(owner, { draft: params.draft, owner: part["organisation_id"], kind, words, written });
  }

  return { beginDraft, addPart, alterPart };
}
