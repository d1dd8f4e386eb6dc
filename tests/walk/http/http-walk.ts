import type { AnyEndpoint } from "../../../src/contract/endpoint.ts";
import { isMemberRule } from "../../../src/contract/endpoint.ts";
import { allEndpoints } from "../../../src/contract/endpoints/all.ts";
import {
  acceptInvitation,
  closeCircle,
  createCircle,
  inviteToCircle,
  leaveCircle,
  revokeCircleMember,
} from "../../../src/contract/endpoints/circles.ts";
import { abandonDraft, changePart, createDraft, readResearch, removePart, writePart } from "../../../src/contract/endpoints/drafts.ts";
import {
  agreeReleasePlan,
  endEmbargoEarly,
  holdReleasePlan,
  liftHold,
  makeException,
  writeReleasePlan,
} from "../../../src/contract/endpoints/releases.ts";
import type { PartKind } from "../../../src/vocabulary/draft-advisory.ts";
import { type DraftLevel, levelNumber } from "../../../src/vocabulary/level.ts";
import { DAY_MS, MINUTE_MS } from "../draw.ts";
import { has, hourOf, type Fact } from "../oracle/facts.ts";
import { EVERYONE, eyesOf, reachOf, SEES, seesCase, type Eyes } from "../oracle/who-sees.ts";
import { Discrepancy } from "../discrepancy.ts";
import { anonymous, attempt, nameOf, sameAll, zoned } from "./answers.ts";
import type { Guest, House } from "./house.ts";
import { createModelWalk, MODEL_TABLES } from "./model-walk.ts";

const MARKER = /told-\d+-[0-9a-f]{8}/g;
const HOUR_MS = 60 * MINUTE_MS;
const READINGS = allEndpoints.filter(({ method, access }) => method === "GET" && isMemberRule(access));

const AT_ONCE = 8;

export type HttpWalk = ReturnType<typeof createHttpWalk>;

/** Moves and looks over HTTP. The oracle is told what was said and to whom; of what the server answered it keeps ids alone. */
export function createHttpWalk(house: House) {
  const { draw, guests, settle } = house;
  const { random, facts } = draw;
  const plans = new Map<string, { readonly owner: string; readonly stages: readonly PlannedStage[]; held: boolean; ended: boolean }>();

  const models = createModelWalk(house, eyesNow);

  const writers = (organisation: unknown): readonly Guest[] =>
    guests.filter(({ viewer, role }) => viewer.organisation === organisation && viewer.floor === 1 && role !== "reader");
  const administrators = (organisation: unknown): readonly Guest[] => writers(organisation).filter(({ role }) => role === "administrator");
  const anyWriter = (): Guest => random.pick(guests.filter(({ viewer, role }) => viewer.floor === 1 && role !== "reader"));
  const anyAdministrator = (): Guest => random.pick(guests.filter(({ viewer, role }) => viewer.floor === 1 && role === "administrator"));

  async function makeCircle(): Promise<void> {
    const owner = anyAdministrator();
    const agreement = random.oneIn(3) ? draw.text() : undefined;
    const stated = { name: draw.text(), purpose: draw.text(), needsSecondFactor: random.oneIn(2), membersListed: random.oneIn(2) };
    const made = await owner.ask(createCircle, { body: { ...stated, ...(agreement === undefined ? {} : { agreement }) } });
    facts.tell("circle", {
      organisation_id: owner.viewer.organisation,
      id: made.id,
      name: stated.name,
      purpose: stated.purpose,
      agreement_text: agreement ?? null,
      agreement_sha256: made.agreement?.sha256 ?? null,
      needs_second_factor: stated.needsSecondFactor,
      members_listed: stated.membersListed,
      closed_at: null,
    });
  }

  async function admit(): Promise<void> {
    const circle = draw.one("circle");
    const owner = administrators(circle?.["organisation_id"])[0];
    const newcomer = anyAdministrator();
    const organisation = newcomer.viewer.organisation;
    if (circle === undefined || owner === undefined || circle["closed_at"] !== null || organisation === owner.viewer.organisation) return;
    const place = { organisation_id: owner.viewer.organisation, circle_id: String(circle["id"]) };
    if (facts.of("invitation").some((told) => has(told, { ...place, invited_organisation_id: organisation, state: "open" }))) return;
    const until = random.oneIn(2) ? undefined : facts.nowMs() + (1 + random.below(4)) * DAY_MS;
    const vettingNote = draw.text();
    const sent = await attempt(() =>
      owner.ask(inviteToCircle, {
        params: { circle: place.circle_id },
        body: { organisation, vettingNote, ...(until === undefined ? {} : { memberUntilMs: until }) },
      }),
    );
    if (sent === undefined) return;
    facts.tell("circle_vetting", { ...place, note: vettingNote });
    const invitation = {
      ...place,
      id: sent.id,
      invited_organisation_id: organisation,
      state: "open",
      answer_by: iso(sent.answerByMs),
      sponsor_organisation_id: null,
    };
    facts.tell("invitation", invitation);
    if (random.oneIn(5)) return;
    const sha256 = circle["agreement_sha256"];
    const accepted = await attempt(() =>
      newcomer.ask(acceptInvitation, { params: { invitation: sent.id }, body: sha256 === null ? {} : { agreementSha256: String(sha256) } }),
    );
    if (accepted === undefined) throw new Discrepancy(`an invitation was not to be accepted: ${JSON.stringify(invitation)}`);
    facts.change("invitation", invitation, { state: "accepted" });
    const before = facts
      .of("circle_member")
      .find((told) => has(told, { ...place, member_organisation_id: organisation, revoked_at: null }));
    if (before !== undefined) facts.change("circle_member", before, { revoked_at: draw.hour() });
    facts.tell("circle_member", {
      ...place,
      member_organisation_id: organisation,
      admitted_at: draw.hour(),
      expires_at: until === undefined ? "infinity" : iso(until),
      revoked_at: null,
    });
    if (sha256 !== null)
      facts.tell("circle_signature", { ...place, member_organisation_id: organisation, agreement_sha256: sha256 ?? null });
  }

  async function endMembership(): Promise<void> {
    const membership = random.pick(
      facts
        .of("circle_member")
        .filter((told) => told["revoked_at"] === null && hourOf(told["expires_at"]) > facts.nowMs())
        .concat({}),
    );
    const circle = String(membership["circle_id"]);
    const organisation = String(membership["member_organisation_id"]);
    const owner = administrators(membership["organisation_id"])[0];
    const member = administrators(organisation)[0];
    if (owner === undefined || member === undefined) return;
    const done = await attempt(async () =>
      random.oneIn(2)
        ? (await owner.ask(revokeCircleMember, { params: { circle, organisation }, body: { reason: "It was time" } })).membership
        : (await member.ask(leaveCircle, { params: { circle } })).id,
    );
    if (done !== undefined) facts.change("circle_member", membership, { revoked_at: draw.hour() });
  }

  async function close(): Promise<void> {
    const circle = random.pick(
      facts
        .of("circle")
        .filter((told) => told["closed_at"] === null)
        .concat({}),
    );
    const owner = administrators(circle["organisation_id"])[0];
    if (owner === undefined || facts.of("circle").length < 4) return;
    if ((await attempt(() => owner.ask(closeCircle, { params: { circle: String(circle["id"]) } }))) !== undefined)
      facts.change("circle", circle, { closed_at: draw.hour() });
  }

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
    if (agreed !== undefined) plans.set(params.draft, { owner: owner.viewer.organisation, stages, held: false, ended: false });
  }

  async function hold(): Promise<void> {
    const [id, found] = random.pick([...plans].filter(([, { ended }]) => !ended).concat([["", undefined as never]]));
    const owner = writers(found?.owner)[0];
    if (owner === undefined) return;
    const params = { draft: id };
    if (found.held) {
      if ((await attempt(() => owner.ask(liftHold, { params, body: {} }))) !== undefined) found.held = false;
      await pass(0);
    } else if ((await attempt(() => owner.ask(holdReleasePlan, { params, body: { reason: "Wait" } }))) !== undefined) found.held = true;
  }

  async function endEarly(): Promise<void> {
    const [id, found] = random.pick([...plans].filter(([, { ended }]) => !ended).concat([["", undefined as never]]));
    const owner = administrators(found?.owner)[0];
    if (owner === undefined) return;
    const done = await attempt(() => owner.ask(endEmbargoEarly, { params: { draft: id }, body: { because: "leak", reason: "It is out" } }));
    if (done === undefined) return;
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

  /** Time passes, and what was planned opens: not before its hour, and not while it is held. */
  async function pass(ms: number): Promise<void> {
    facts.setNow(facts.nowMs() + ms);
    for (const [id, found] of plans) {
      if (found.held || found.ended) continue;
      const due = found.stages.filter(({ opensMs }) => opensMs <= facts.nowMs());
      openStages(id, found, due);
      if (due.length === found.stages.length) found.ended = true;
    }
    models.openStages();
    await settle();
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

  function eyesNow({ viewer }: Guest): Eyes {
    const eyes = eyesOf(facts, viewer);
    if (eyes === undefined) throw new Error(`${viewer.person} is no member`);
    return eyes;
  }

  /** Some of all the readings that the contract has for members, with true and made-up ids: no word and no draft that the guest may not know of. */
  async function lookAround(guest: Guest): Promise<void> {
    const eyes = eyesNow(guest);
    const known = knownTo(eyes);
    for (const reading of random.shuffled(READINGS).slice(0, AT_ONCE)) {
      const { path, stated } = pathOf(reading);
      const answer = await guest.get(path);
      if (answer.status >= 500) throw new Discrepancy(`${nameOf(guest)} asks ${path}: ${answer.status} ${answer.body}`);
      for (const id of stated) wasRead(guest, eyes, id);
      holdAgainst(guest, path, answer.body, { known, eyes, stated });
    }
  }

  type Knowledge = { readonly known: ReadonlySet<string>; readonly eyes: Eyes; readonly stated: readonly string[] };

  function holdAgainst(guest: Guest, path: string, body: string, { known, eyes, stated }: Knowledge): void {
    const leaked = [...body.matchAll(MARKER)].map(([marker]) => marker).filter((marker) => !known.has(marker));
    if (leaked.length > 0) throw new Discrepancy(`${nameOf(guest)} asks ${path} and is shown ${leaked.map(whereTold).join(", ")}`);
    for (const draft of facts.of("draft_advisory")) {
      const id = String(draft["id"]);
      const mayKnow = reachOf(eyes, draft["organisation_id"], id) !== undefined || hasRead(eyes, id);
      if (body.includes(id) && !stated.includes(id) && !mayKnow)
        throw new Discrepancy(`${nameOf(guest)} asks ${path} and is told that there is a draft ${id}`);
    }
    for (const table of MODEL_TABLES) {
      for (const fact of facts.of(table)) {
        const id = String(fact["id"] ?? "none");
        if (body.includes(id) && !stated.includes(id) && SEES[table]?.(eyes, fact) !== true)
          throw new Discrepancy(`${nameOf(guest)} asks ${path} and is told of ${table} ${JSON.stringify(fact)}`);
      }
    }
  }

  /** Whoever has read is shown that it was written down, also when it may read no more. */
  function wasRead({ viewer }: Guest, eyes: Eyes, id: string): void {
    const draft = facts.of("draft_advisory").find((told) => told["id"] === id);
    if (draft === undefined || reachOf(eyes, draft["organisation_id"], id) === undefined || hasRead(eyes, id)) return;
    facts.tell("read_event", { organisation_id: draft["organisation_id"] ?? null, draft_id: id, reader_person_id: viewer.person });
  }

  function hasRead(eyes: Eyes, id: string): boolean {
    return facts.of("read_event").some((told) => told["draft_id"] === id && SEES["read_event"]?.(eyes, told) === true);
  }

  function knownTo(eyes: Eyes): ReadonlySet<string> {
    const known = new Set<string>();
    for (const table of [
      "organisation",
      "member",
      "circle",
      "circle_vetting",
      "draft_part",
      "exclusion_exception",
      "ledger_statement",
      ...MODEL_TABLES,
    ]) {
      for (const fact of facts.of(table)) {
        if (SEES[table]?.(eyes, fact) !== true) continue;
        for (const value of Object.values(fact))
          if (typeof value === "string") for (const [marker] of value.matchAll(MARKER)) known.add(marker);
      }
    }
    return known;
  }

  function whereTold(marker: string): string {
    for (const table of [
      "organisation",
      "member",
      "circle",
      "circle_vetting",
      "draft_part",
      "draft_research",
      "exclusion_exception",
      ...MODEL_TABLES,
    ]) {
      const fact = facts.of(table).find((told) => Object.values(told).some((value) => String(value).includes(marker)));
      if (fact !== undefined) return `${table} ${JSON.stringify(fact)}`;
    }
    return marker;
  }

  /** A draft that one may know of is in the list and shows what its level shows, all of it; any other is as if it were not there. */
  async function lookAtDrafts(guest: Guest): Promise<void> {
    const eyes = eyesNow(guest);
    const listed: string[] = [];
    for (let after = ""; ;) {
      const page = JSON.parse((await guest.get(`/api/drafts?limit=7${after}`)).body) as {
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

  function pathOf(reading: AnyEndpoint): { readonly path: string; readonly stated: readonly string[] } {
    const stated: string[] = [];
    const path = reading.path.replaceAll(/\{\+?(\w+)\}/g, (_, name: string) => {
      const id = random.oneIn(6) ? draw.uuid() : String(idFor(name) ?? draw.uuid());
      stated.push(id);
      return encodeURIComponent(id);
    });
    return { path, stated };
  }

  function idFor(name: string): unknown {
    switch (name) {
      case "draft":
        return draw.one("draft_advisory")?.["id"];
      case "part":
        return draw.one("draft_part")?.["part_id"];
      case "circle":
        return draw.one("circle")?.["id"];
      case "organisation":
        return draw.one("organisation")?.["id"];
      case "member":
        return draw.one("member")?.["person_id"];
      case "model":
        return draw.one("enrolment")?.["id"];
      case "grant":
        return draw.one("access_grant")?.["id"];
      case "invitation":
        return draw.one("invitation")?.["id"];
    }
    return undefined;
  }

  async function step(): Promise<void> {
    const choice = random.below(24);
    if (choice < 2) await makeCircle();
    else if (choice < 6) await admit();
    else if (choice < 7) await endMembership();
    else if (choice < 10) await beginDraft();
    else if (choice < 13) await addPart();
    else if (choice < 15) await alterPart();
    else if (choice < 18) await plan();
    else if (choice < 19) await hold();
    else if (choice === 19) await (random.oneIn(3) ? endEarly() : except());
    else if (choice === 20) await (random.oneIn(3) ? abandon() : random.oneIn(3) ? close() : except());
    else await pass(random.below(8 * HOUR_MS));
    if (random.oneIn(2)) await models.move();
    const guest = random.pick(guests);
    if (random.oneIn(2)) await models.askHidden(guest);
    if (random.oneIn(4)) await lookAround(guest);
    else if (random.oneIn(3)) await models.lookAtModels(guest);
    else if (random.oneIn(2)) await lookAtResearch(guest);
    else await lookAtDrafts(guest);
  }

  return { step, lookAround, lookAtDrafts, lookAtModels: models.lookAtModels };
}

function iso(ms: number): string {
  return new Date(ms).toISOString();
}
