import {
  acceptInvitation,
  closeCircle,
  createCircle,
  inviteToCircle,
  leaveCircle,
  revokeCircleMember,
} from "../../../src/contract/endpoints/circles.ts";
import { Discrepancy } from "../discrepancy.ts";
import { DAY_MS } from "../draw.ts";
import { has, hourOf } from "../oracle/facts.ts";
import { attempt } from "./answers.ts";
import type { House } from "./house.ts";
import type { People } from "./people.ts";

/** Circles, who is let into them and who leaves. */
export function createCircleMoves({ draw }: House, { administrators, anyAdministrator }: People) {
  const { random, facts } = draw;

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

  return { makeCircle, admit, endMembership, close };
}

function iso(ms: number): string {
  return new Date(ms).toISOString();
}
