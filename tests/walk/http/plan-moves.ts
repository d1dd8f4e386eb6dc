import { abandonDraft } from "../../../src/contract/endpoints/drafts.ts";
import {
  agreeReleasePlan,
  endEmbargoEarly,
  holdReleasePlan,
  liftHold,
  makeException,
  writeReleasePlan,
} from "../../../src/contract/endpoints/releases.ts";
import { type DraftLevel, levelNumber } from "../../../src/vocabulary/level.ts";
import { MINUTE_MS } from "../draw.ts";
import { has } from "../oracle/facts.ts";
import { EVERYONE, SEES, type Eyes } from "../oracle/who-sees.ts";
import { attempt, zoned } from "./answers.ts";
import type { Guest, House } from "./house.ts";
import type { People } from "./people.ts";

const HOUR_MS = 60 * MINUTE_MS;

/** Release plans, and what opens by them. */
export function createPlanMoves({ draw, settle }: House, { writers, administrators }: People, eyesNow: (guest: Guest) => Eyes) {
  const { random, facts } = draw;
  const plans = new Map<string, Plan>();

  /** `isOut`: ended early because of a leak, which goes over every hold. */
  type Plan = { readonly owner: string; readonly stages: readonly PlannedStage[]; held: boolean; isOut: boolean; ended: boolean };
  type PlannedStage = {
    readonly circle: string | undefined;
    readonly level: DraftLevel;
    readonly opensMs: number;
    readonly closesMs: number | undefined;
  };

  async function plan(): Promise<void> {
    const draft = random.pick(
      facts
        .of("draft_advisory")
        .filter((told) => told["state"] === "open" && !plans.has(String(told["id"])))
        .concat({}),
    );
    const owner = writers(draft["organisation_id"])[0];
    if (owner === undefined) return;
    const known = facts.of("circle").filter((told) => told["closed_at"] === null && (SEES["circle"]?.(eyesNow(owner), told) ?? false));
    const circles = random.shuffled(known).slice(0, 3);
    const levels = random.shuffled(["case", "build", "fix", "notice"] as const);
    let opensMs = facts.nowMs();
    const stages: PlannedStage[] = circles.map((circle, index) => {
      opensMs += (1 + random.below(20)) * HOUR_MS;
      return {
        circle: String(circle["id"]),
        level: levels[index] ?? "notice",
        opensMs,
        closesMs: random.oneIn(3) ? opensMs + (2 + random.below(20)) * HOUR_MS : undefined,
      };
    });
    const publicMs = Math.max(opensMs, ...stages.map(({ closesMs }) => closesMs ?? 0)) + (1 + random.below(60)) * HOUR_MS;
    stages.push({ circle: undefined, level: "public", opensMs: publicMs, closesMs: undefined });
    const params = { draft: String(draft["id"]) };
    const body = {
      stages: stages.map((stage) => ({
        level: stage.level,
        opens: zoned(stage.opensMs),
        ...(stage.circle === undefined ? {} : { circle: stage.circle }),
        ...(stage.closesMs === undefined ? {} : { closes: zoned(stage.closesMs) }),
      })),
    };
    const written = await attempt(() => owner.ask(writeReleasePlan, { params, body }));
    const agreed = written && (await attempt(() => owner.ask(agreeReleasePlan, { params, body: { revision: written.revision } })));
    if (agreed !== undefined)
      plans.set(params.draft, { owner: owner.viewer.organisation, stages, held: false, isOut: false, ended: false });
  }

  async function hold(): Promise<void> {
    const [id, found] = random.pick([...plans].filter(([, { ended }]) => !ended).concat([["", undefined as never]]));
    const owner = writers(found?.owner)[0];
    if (owner === undefined) return;
    const params = { draft: id };
    if (found.held) {
      if ((await attempt(() => owner.ask(liftHold, { params, body: {} }))) !== undefined) found.held = false;
      openDue();
      await settle();
    } else if ((await attempt(() => owner.ask(holdReleasePlan, { params, body: { reason: "Wait" } }))) !== undefined) found.held = true;
  }

  async function endEarly(): Promise<void> {
    const [id, found] = random.pick([...plans].filter(([, { ended }]) => !ended).concat([["", undefined as never]]));
    const owner = administrators(found?.owner)[0];
    if (owner === undefined) return;
    const done = await attempt(() => owner.ask(endEmbargoEarly, { params: { draft: id }, body: { because: "leak", reason: "It is out" } }));
    if (done === undefined) return;
    found.isOut = true;
    // What is not published with it waits for its own hour.
    const opening = found.stages.filter(({ level, opensMs }) => levelNumber(level) >= 3 || opensMs <= facts.nowMs());
    found.ended = opening.length === found.stages.length;
    openStages(id, found, opening);
    await settle();
  }

  async function except(): Promise<void> {
    const agency = facts.of("organisation").find((told) => told["has_intelligence_function"] === true);
    const [id, found] = random.pick([...plans].concat([["", undefined as never]]));
    const owner = administrators(found?.owner)[0];
    if (owner === undefined || agency === undefined || agency["id"] === found.owner) return;
    const organisation = String(agency["id"]);
    const reason = draw.text();
    if ((await attempt(() => owner.ask(makeException, { params: { draft: id }, body: { organisation, reason } }))) === undefined) return;
    facts.tell("exclusion_exception", { organisation_id: found.owner, record_id: id, excepted_organisation_id: organisation, reason });
  }

  async function abandon(): Promise<void> {
    const draft = random.pick(
      facts
        .of("draft_advisory")
        .filter((told) => told["state"] === "open")
        .concat({}),
    );
    const owner = administrators(draft["organisation_id"])[0];
    if (owner === undefined) return;
    const id = String(draft["id"]);
    if ((await attempt(() => owner.ask(abandonDraft, { params: { draft: id }, body: { reason: "Not ours" } }))) === undefined) return;
    facts.change("draft_advisory", draft, { state: "abandoned" });
    const found = plans.get(id);
    if (found !== undefined) found.ended = true;
  }

  /** What was planned opens: not before its hour, and not while a hold holds it. */
  function openDue(): void {
    for (const [id, found] of plans) {
      if ((found.held && !found.isOut) || found.ended) continue;
      const due = found.stages.filter(({ opensMs }) => opensMs <= facts.nowMs());
      openStages(id, found, due);
      if (due.length === found.stages.length) found.ended = true;
    }
  }

  function openStages(id: string, { owner }: { readonly owner: string }, stages: readonly PlannedStage[]): void {
    for (const { circle, level, closesMs } of stages) {
      const place = { organisation_id: owner, record_id: id, circle_id: circle ?? EVERYONE, level: levelNumber(level) };
      if (facts.of("opening").some((told) => has(told, place))) continue;
      facts.tell("opening", { ...place, opened_at: draw.hour(), closes_at: closesMs === undefined ? "infinity" : iso(closesMs) });
      if (level !== "public") continue;
      const draft = facts.of("draft_advisory").find((told) => told["id"] === id);
      if (draft !== undefined) facts.change("draft_advisory", draft, { state: "published" });
    }
  }

  return { plan, hold, endEarly, except, abandon, openDue };
}

function iso(ms: number): string {
  return new Date(ms).toISOString();
}
