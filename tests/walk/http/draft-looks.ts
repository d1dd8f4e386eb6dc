import { readResearch } from "../../../src/contract/endpoints/drafts.ts";
import { Discrepancy } from "../discrepancy.ts";
import { has, hourOf, type Fact } from "../oracle/facts.ts";
import { reachOf, SEES, seesCase, type Eyes } from "../oracle/who-sees.ts";
import { anonymous, attempt, nameOf, sameAll } from "./answers.ts";
import type { Guest, House } from "./house.ts";
import { MARKER, type Readers } from "./look-around.ts";

/** Drafts as guests are shown them: all of it that they may see, and no more. */
export function createDraftLooks({ draw }: House, eyesNow: (guest: Guest) => Eyes, { wasRead }: Readers) {
  const { random, facts } = draw;

  /** A draft that one may know of is in the list and shows what its level shows, all of it; any other is as if it were not there. */
  async function lookAtDrafts(guest: Guest): Promise<void> {
    const eyes = eyesNow(guest);
    const listed: string[] = [];
    for (let after = ""; ;) {
      const answer = await guest.get(`/api/drafts?limit=7${after}`);
      if (answer.status !== 200) throw new Discrepancy(`${nameOf(guest)} lists drafts: expected them, got ${answer.status} ${answer.body}`);
      const page = JSON.parse(answer.body) as {
        readonly rows: readonly { readonly id: string }[];
        readonly next?: string;
      };
      listed.push(...page.rows.map(({ id }) => id));
      if (page.next === undefined) break;
      after = `&after=${encodeURIComponent(page.next)}`;
    }
    const open = facts
      .of("draft_advisory")
      .filter((draft) => isListed(eyes, draft))
      .map((draft) => String(draft["id"]));
    sameAll(`${nameOf(guest)} lists drafts`, listed, open);
    const missing = await guest.get(`/api/drafts/${draw.uuid()}`);
    for (const draft of random.shuffled(facts.of("draft_advisory")).slice(0, 4))
      await lookAtDraft(guest, eyes, { draft, missing: anonymous(missing.body) });
  }

  async function lookAtDraft(
    guest: Guest,
    eyes: Eyes,
    { draft, missing }: { readonly draft: Fact; readonly missing: string },
  ): Promise<void> {
    const id = String(draft["id"]);
    const reach = reachOf(eyes, draft["organisation_id"], id);
    const answer = await guest.get(`/api/drafts/${id}`);
    wasRead(guest, eyes, id);
    const what = `${nameOf(guest)} reads draft ${id} (reach ${reach})`;
    if (reach === undefined) {
      if (answer.status !== 404 || anonymous(answer.body) !== missing)
        throw new Discrepancy(`${what}: expected as if it were not there, got ${answer.status} ${answer.body}`);
    } else {
      if (answer.status !== 200) throw new Discrepancy(`${what}: expected it, got ${answer.status} ${answer.body}`);
      const parts = facts
        .of("draft_part")
        .filter(
          (part) =>
            part["draft_id"] === id && part["replaced_at"] === null && part["body"] !== null && SEES["draft_part"]?.(eyes, part) === true,
        );
      const shown = [...new Set([...answer.body.matchAll(MARKER)].map(([marker]) => marker))];
      const words = parts.map((part) => String(part["body"]));
      // Names of organisations are held to the oracle by lookAround.
      if (Math.max(reach, guest.viewer.floor) <= 3)
        sameAll(
          what,
          shown.filter((marker) => facts.of("draft_part").some((part) => part["body"] === marker)),
          words,
        );
      else if (reach < 5)
        sameAll(
          what,
          shown.filter((marker) => words.includes(marker)),
          parts.filter((part) => part["kind"] === "notice").map((part) => String(part["body"])),
        );
    }
    const seen = seesCase(eyes, draft["organisation_id"], id);
    const { status } = await guest.get(`/api/drafts/${id}/release-plan`);
    if (status !== (seen ? 200 : 404)) throw new Discrepancy(`${what}, and its release plan: expected ${seen ? 200 : 404}, got ${status}`);
  }

  /** In the list is what was opened to one of one's circles below public: what is public is in the record. */
  function isListed(eyes: Eyes, draft: Fact): boolean {
    return eyes.openings.some(
      (opening) =>
        has(opening, { organisation_id: draft["organisation_id"] ?? null, record_id: draft["id"] ?? null }) &&
        eyes.circles.has(String(opening["circle_id"])) &&
        facts.nowMs() < hourOf(opening["closes_at"]) &&
        Number(opening["level"]) < 5,
    );
  }

  async function lookAtResearch(guest: Guest): Promise<void> {
    const part = random.pick(
      facts
        .of("draft_part")
        .filter((told) => told["kind"] === "research")
        .concat({}),
    );
    if (part["part_id"] === undefined) return;
    const eyes = eyesNow(guest);
    const may = part["replaced_at"] === null && guest.role !== "reader" && seesCase(eyes, part["organisation_id"], part["draft_id"]);
    wasRead(guest, eyes, String(part["draft_id"]));
    const read = await attempt(() =>
      guest.ask(readResearch, { params: { draft: String(part["draft_id"]), part: String(part["part_id"]) }, body: {} }),
    );
    const current = facts.of("draft_part").find((told) => told["part_id"] === part["part_id"] && told["replaced_at"] === null);
    if (current === undefined && read !== undefined) throw new Discrepancy(`${nameOf(guest)} reads research that was removed`);
    if (part["replaced_at"] !== null) return;
    const text = facts.of("draft_research").findLast((told) => told["part_id"] === part["part_id"])?.["body"];
    if (may ? read?.text !== text : read !== undefined)
      throw new Discrepancy(
        `${nameOf(guest)} reads the research of ${String(part["draft_id"])}: expected ${may ? String(text) : "nothing"}, got ${read?.text ?? "nothing"}`,
      );
  }

  return { lookAtDrafts, lookAtResearch };
}
