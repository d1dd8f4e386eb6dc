import { has, type Fact } from "./oracle/facts.ts";
import { eyesOf, type Viewer } from "./oracle/who-sees.ts";
import { JOB_WRITES } from "./oracle/jobs.ts";
import { ADDITIONS } from "./additions.ts";
import { CHANGES } from "./changes.ts";
import type { ChosenMoves } from "./chosen-moves.ts";
import { MINUTE_MS, DAY_MS, type Draw } from "./draw.ts";
import { JOB_MOVES, JOBS } from "./job-moves.ts";
import type { Moves } from "./moves.ts";

/** What the rest hangs on. */
const MANY: ReadonlySet<string> = new Set(["circle_member", "opening", "draft_part", "invitation", "access_grant", "model_version"]);

/** Makes worlds for the walk, by whoever may. */
export function createGrowth(draw: Draw, { add, change, jobMove }: Moves, { addAt, changeAt }: ChosenMoves) {
  const { random, facts } = draw;

  /** Something of everything, by whoever may: a world in which there is much to be shown to the wrong one. */
  async function grow(tables: readonly string[], rounds: number): Promise<void> {
    const open = JOB_MOVES.find((move) => move.table === "opening");
    for (let round = 0; round < rounds; round++) {
      await found(draw.viewer());
      for (let times = 0; times < 4; times++) {
        await admit();
        if (open !== undefined) await jobMove("releaser", open);
      }
      for (const table of tables.filter((name) => facts.of(name).length < (MANY.has(name) ? 40 : name === "draft_research" ? 3 : 12))) {
        const moves = JOB_MOVES.filter((move) => move.table === table && move.does !== "remove");
        const move = moves.length === 0 ? undefined : random.pick(moves);
        const doer = move && JOBS.find((job) => JOB_WRITES[job]?.[table]?.[move.does] !== undefined);
        if (move !== undefined && doer !== undefined) await jobMove(doer, move);
        if (ADDITIONS[table] !== undefined) await addAt(table, { wanted: true, most: 30 });
        if (CHANGES[table] !== undefined && random.oneIn(4)) await changeAt(table, { wanted: true, most: 30 });
      }
      // A while before the end a weekend passes, in which some of what was limited ends.
      facts.setNow(facts.nowMs() + (round === rounds - 4 ? 45 * 60 * MINUTE_MS : random.below(90 * MINUTE_MS)));
    }
    await lastThings();
  }

  /** What seldom comes by chance: somebody left, came just now, was only asked, knows nobody; a circle in use was closed. */
  async function lastThings(): Promise<void> {
    const leaving = facts.of("member").findLast((fact) => fact["role"] !== "administrator" && fact["revoked_at"] === null);
    const sender = leaving && administratorOf(leaving["organisation_id"]);
    if (leaving !== undefined && sender !== undefined)
      await change(sender, "member", { fact: leaving, changes: { revoked_at: draw.hour(), revoked_by: sender.person } });
    const used = facts.of("circle").find((circle) => circle["closed_at"] === null && isInUse(circle));
    const owner = used && administratorOf(used["organisation_id"]);
    if (used !== undefined && owner !== undefined) await change(owner, "circle", { fact: used, changes: { closed_at: draw.hour() } });
    for (let times = 0; times < 10; times++) await addAt("invitation", { wanted: true, most: 40 });
    await ask((await newcomer()).organisation);
    await openFrom(await newcomer());
    await offer();
    for (let times = 0; times < 4; times++) await admit();
    facts.setNow(facts.nowMs() - 10 * MINUTE_MS);
    for (let times = 0; times < 6; times++) await admit({ joins: false });
  }

  /** A writer begins a draft, as the service does. */
  async function found(viewer: Viewer): Promise<void> {
    const organisation = viewer.organisation;
    const id = draw.uuid();
    const steps: readonly (readonly [string, Fact])[] = [
      ["confidential_record", { organisation_id: organisation, id, kind: "draft-advisory", created_at: draw.hour() }],
      [
        "opening",
        { organisation_id: organisation, record_id: id, circle_id: organisation, level: 1, opened_by: "owner", opened_at: draw.hour() },
      ],
      [
        "draft_advisory",
        { organisation_id: organisation, id, advisory_id: draw.text(), state: "open", created_by: viewer.person, created_at: draw.hour() },
      ],
      ["release_plan", { organisation_id: organisation, draft_id: id, state: "writing", revision: 1 }],
    ];
    for (const [table, fact] of steps) if (!(await add(viewer, table, fact))) return;
  }

  /** An owner asks an organisation into its circle, and that accepts, signs and is in. */
  async function admit({ joins = true } = {}): Promise<void> {
    const circle = draw.one("circle");
    const [owner, member] = [administratorOf(circle?.["organisation_id"]), administratorOf(draw.organisation())];
    if (circle === undefined || owner === undefined || member === undefined || owner.organisation === member.organisation) return;
    const place = { organisation_id: owner.organisation, circle_id: circle["id"] ?? null };
    const isTaken =
      facts.of("invitation").some((told) => has(told, { ...place, invited_organisation_id: member.organisation, state: "open" })) ||
      facts.of("circle_member").some((told) => has(told, { ...place, member_organisation_id: member.organisation, revoked_at: null }));
    if (isTaken) return;
    const offer = {
      ...place,
      invited_organisation_id: member.organisation,
      invited_by: owner.person,
      invited_at: draw.hour(),
      answer_by: draw.hour(DAY_MS),
      member_until: circle["longest_days"] === null && random.oneIn(2) ? "infinity" : draw.hour((1 + random.below(3)) * DAY_MS),
      sponsor_organisation_id: random.oneIn(2) || circle["needs_sponsor"] === true ? owner.organisation : null,
    };
    if (!(await add(owner, "invitation", offer))) return;
    const invitation = facts.of("invitation").find((told) => has(told, { ...offer, state: "open" }));
    if (invitation === undefined) return;
    await change(member, "invitation", {
      fact: invitation,
      changes: { state: "accepted", answered_by: member.person, answered_at: draw.hour() },
    });
    if (!joins) return;
    await add(member, "circle_member", {
      ...place,
      member_organisation_id: member.organisation,
      admitted_at: draw.hour(),
      admitted_by: owner.person,
      expires_at: offer.member_until,
      sponsor_organisation_id: offer.sponsor_organisation_id,
      invitation_id: invitation["id"] ?? null,
    });
    if (circle["agreement_sha256"] === null || random.oneIn(3)) return;
    const signature = { ...place, member_organisation_id: member.organisation, agreement_sha256: circle["agreement_sha256"] ?? null };
    if (facts.of("circle_signature").some((told) => has(told, signature))) return;
    await add(member, "circle_signature", { ...signature, signed_by: member.person, signed_at: draw.hour() });
  }

  async function newcomer(kind = "lab", role = "editor"): Promise<Viewer> {
    const [organisation, person] = [draw.uuid(), draw.uuid()];
    await gatekeeperAdds("organisation", {
      id: organisation,
      kind,
      name: draw.text(),
      sector: null,
      country: null,
      has_intelligence_function: false,
      created_at: draw.hour(),
    });
    await gatekeeperAdds("person", { id: person, kind: "human", created_at: draw.hour() });
    const since = { since: draw.hour(), revoked_at: null, revoked_by: null };
    await gatekeeperAdds("member", {
      organisation_id: organisation,
      person_id: person,
      name: draw.text(),
      email: null,
      role,
      ...since,
    });
    return { organisation, person, floor: 1, secondFactor: true };
  }

  /** Whoever opens to a circle of strangers meets them by that alone. */
  async function openFrom(viewer: Viewer): Promise<void> {
    await found(viewer);
    const record = facts.of("draft_advisory").find((told) => told["organisation_id"] === viewer.organisation);
    const circle = facts.of("circle_member").findLast((told) => told["revoked_at"] === null)?.["circle_id"];
    if (record === undefined || circle === undefined) return;
    const opening = { stage_id: draw.uuid(), opened_by: "hour", planned_at: draw.hour(), opened_at: draw.hour(), closes_at: "infinity" };
    const place = { organisation_id: viewer.organisation, record_id: record["id"] ?? null, circle_id: circle, level: 4 };
    await jobMove("releaser", { does: "add", table: "opening", make: () => ({ ...place, ...opening }) });
  }

  /** A lab, a desk, whoever tests the lab's model and a partner, who are known by that alone; what happens is for one of them, or for none. */
  async function offer(): Promise<void> {
    const [lab, tester, partner] = [await newcomer("lab", "administrator"), await newcomer("operator"), await newcomer("vendor")];
    const desk = await newcomer("agency");
    const adds = async (viewer: Viewer, table: string, stated: Fact): Promise<Fact> => {
      let made: Fact | undefined;
      for (let tries = 0; made === undefined && tries < 30; tries++) made = ADDITIONS[table]?.(draw, viewer);
      const fact = { ...made, ...stated };
      await add(viewer, table, fact);
      return fact;
    };
    const model = await adds(lab, "enrolment", {
      organisation_id: lab.organisation,
      desk_organisation_id: desk.organisation,
      created_by: lab.person,
    });
    const place = {
      organisation_id: lab.organisation,
      enrolment_id: model["id"] ?? null,
      desk_organisation_id: model["desk_organisation_id"] ?? null,
    };
    const named = { ...place, created_by: lab.person };
    const [window, stage] = [
      await adds(lab, "access_window", { ...named, kind: "testing-window" }),
      await adds(lab, "access_window", { ...named, kind: "partner-stage", position: 999 }),
    ];
    const grant = {
      window_id: window["id"] ?? null,
      kind: "testing-window",
      grantee_organisation_id: tester.organisation,
      terms_version: 1,
    };
    await adds(lab, "access_grant", { ...named, ...grant });
    await adds(lab, "partner_proposal", {
      ...place,
      window_id: stage["id"] ?? null,
      terms_version: 1,
      partner_organisation_id: partner.organisation,
      proposed_by_organisation_id: lab.organisation,
      proposed_by_person_id: lab.person,
    });
    const stopped = { stopped_by_organisation_id: lab.organisation, stopped_by_person_id: lab.person, token_id: null };
    for (const grantee of [null, tester.organisation, partner.organisation]) {
      await adds(lab, "access_stop", { ...place, ...stopped, grantee_organisation_id: grantee });
      await jobMove("custodian", {
        does: "add",
        table: "enrolment_event",
        make: () => ({
          ...place,
          kind: "told",
          details: draw.text(),
          for_grantees: true,
          window_id: grantee === null ? (stage["id"] ?? null) : null,
          grantee_organisation_id: grantee,
          at: draw.hour(),
          once_key: draw.text(),
        }),
      });
    }
  }

  async function ask(organisation: string): Promise<void> {
    const circle = facts
      .of("circle")
      .find((told) => told["closed_at"] === null && told["longest_days"] === null && administratorOf(told["organisation_id"]));
    const owner = administratorOf(circle?.["organisation_id"]);
    if (circle === undefined || owner === undefined) return;
    await add(owner, "invitation", {
      organisation_id: owner.organisation,
      circle_id: circle["id"] ?? null,
      invited_organisation_id: organisation,
      invited_by: owner.person,
      invited_at: draw.hour(),
      answer_by: draw.hour(DAY_MS),
      member_until: "infinity",
      sponsor_organisation_id: owner.organisation,
    });
  }

  /** Somebody who is not its owner sees something by it that is not public. */
  function isInUse(circle: Fact): boolean {
    return facts
      .of("member")
      .filter((member) => member["organisation_id"] !== circle["organisation_id"] && member["revoked_at"] === null)
      .some((member) => {
        const eyes = eyesOf(facts, {
          organisation: String(member["organisation_id"]),
          person: String(member["person_id"]),
          floor: 1,
          secondFactor: true,
        });
        return eyes?.openings.some(
          (opening) =>
            opening["circle_id"] === circle["id"] &&
            opening["organisation_id"] !== member["organisation_id"] &&
            Number(opening["level"]) < 5,
        );
      });
  }

  async function gatekeeperAdds(table: string, fact: Fact): Promise<void> {
    await jobMove("gatekeeper", { does: "add", table, make: () => fact });
  }

  function administratorOf(organisation: unknown): Viewer | undefined {
    const member = facts
      .of("member")
      .find((told) => has(told, { organisation_id: String(organisation), role: "administrator", revoked_at: null }));
    return member && { organisation: String(organisation), person: String(member["person_id"]), floor: 1, secondFactor: true };
  }

  return { grow, found, admit };
}
