import { Discrepancy } from "../discrepancy.ts";
import { has, type Fact } from "../oracle/facts.ts";
import { MAY_ASK } from "../oracle/who-asks.ts";
import { seesTranscript } from "../oracle/who-sees-models.ts";
import { reservedOf } from "../oracle/who-serves.ts";
import { SEES, type Eyes } from "../oracle/who-sees.ts";
import { nameOf, sameAll } from "./answers.ts";
import type { Guest } from "./house.ts";
import type { ModelParts } from "./model-moves.ts";
import { expectAnswer, type Row, rowsOf } from "./pages.ts";

/** What of a grant's use a guest is shown: whoever used it all that went through, with its words; everyone else nothing of it. */
export function createUseLooks({ draw, oneOf }: Pick<ModelParts, "draw" | "oneOf">, eyesNow: (guest: Guest) => Eyes) {
  const { random, facts } = draw;

  async function lookAtUse(guest: Guest): Promise<void> {
    const eyes = eyesNow(guest);
    const { organisation } = guest.viewer;
    const isUsed = (grant: Fact): boolean => facts.of("exchange").some((told) => told["grant_id"] === grant["id"]);
    const isMine = (grant: Fact): boolean => grant["grantee_organisation_id"] === organisation;
    const grant =
      (random.oneIn(2) ? oneOf("access_grant", (told) => isUsed(told) && isMine(told)) : undefined) ??
      oneOf("access_grant", isUsed) ??
      oneOf("access_grant", (told) => told["id"] !== null);
    if (grant === undefined) return;
    const id = String(grant["id"]);
    await lookAtGrant(guest, eyes, grant);
    const isOwn = isMine(grant) && guest.viewer.floor === 1;
    const expected = !MAY_ASK["model.test"](eyes) ? 403 : isOwn ? 200 : 404;
    for (const part of ["/tokens", "/sessions", "/exchanges", "/export"]) await expectAnswer(guest, `/api/grants/${id}${part}`, expected);
    const ofGrant = { grant_id: id, organisation_id: grant["grantee_organisation_id"] ?? null };
    const exchanges = facts.of("exchange").filter((told) => has(told, ofGrant));
    const transcripts = facts.of("transcript").filter((told) => has(told, ofGrant));
    const exchange = exchanges.length === 0 ? undefined : random.pick(exchanges);
    const transcript = transcripts.find((told) => told["id"] === exchange?.["id"]);
    const word = String(transcript?.[random.oneIn(2) ? "prompt" : "answer"] ?? draw.text());
    const found = await expectAnswer(guest, `/api/grants/${id}/search?text=${word}`, expected);
    if (exchange !== undefined) await lookAtExchange(guest, eyes, exchange, expected);
    if (found === undefined) return;
    const what = (part: string): string => `${nameOf(guest)} reads ${part} of grant ${id}`;
    const isReadable = transcript !== undefined && seesTranscript(eyes, transcript);
    const rows = (JSON.parse(found) as { readonly rows: readonly { readonly exchange: Row }[] }).rows;
    sameAll(
      what(`what holds ${word}`),
      rows.map((row) => String(row.exchange["id"])),
      isReadable ? [String(transcript["id"])] : [],
    );
    const tokens = (JSON.parse((await guest.get(`/api/grants/${id}/tokens`)).body) as { readonly rows: readonly Row[] }).rows;
    const issued = facts.of("gateway_token").filter((told) => has(told, ofGrant));
    sameAll(
      what("tokens"),
      tokens.map(({ id: token, revokedAtMs }) => `${String(token)} ${revokedAtMs === undefined}`),
      issued.map((told) => `${String(told["id"])} ${told["revoked_at"] === null}`),
    );
    sameAll(what("exchanges"), (await rowsOf(guest, `/api/grants/${id}/exchanges`)).map(idOf), exchanges.map(idOf));
    const sessions = [...Map.groupBy(exchanges, ({ session }) => String(session))].map(([session, group]) => `${session} ${group.length}`);
    sameAll(
      what("sessions"),
      (await rowsOf(guest, `/api/grants/${id}/sessions`)).map(({ session, exchanges: count }) => `${String(session)} ${String(count)}`),
      sessions,
    );
    const lines = (await guest.get(`/api/grants/${id}/export`)).body.trimEnd().split("\n");
    const exported = lines.map((line) => JSON.parse(line) as Row).filter(({ kind }) => kind === "exchange");
    sameAll(what("the export"), exported.map(idOf), exchanges.map(idOf));
    for (const told of transcripts) {
      const line = lines.find((one) => one.includes(String(told["id"]))) ?? "";
      const isShown = [told["prompt"], told["answer"]].map((said) => line.includes(String(said)));
      if (isShown.some((is) => is !== seesTranscript(eyes, told)))
        throw new Discrepancy(`${what("the export")}: got ${line} of ${JSON.stringify(told)}`);
    }
  }

  async function lookAtGrant(guest: Guest, eyes: Eyes, grant: Fact): Promise<void> {
    const body = await expectAnswer(guest, `/api/grants/${String(grant["id"])}`, SEES["access_grant"]?.(eyes, grant) === true ? 200 : 404);
    if (body === undefined) return;
    const { spent, unaccounted, reserved, endedAtMs } = JSON.parse(body) as {
      readonly spent: Row;
      readonly unaccounted: Row;
      readonly reserved: Row;
      readonly endedAtMs?: number;
    };
    const got = [spent, unaccounted, reserved].flatMap(({ requests, tokens }) => [requests, tokens]);
    got.push(endedAtMs === undefined);
    const held = reservedOf(facts, grant);
    const charged = [grant["unaccounted_requests"] ?? 0, grant["unaccounted_tokens"] ?? 0];
    const told = [grant["spent_requests"], grant["spent_tokens"], ...charged, held.requests, held.tokens, grant["ended_at"] === null];
    const expected = told.join(" ");
    if (got.join(" ") !== expected)
      throw new Discrepancy(`${nameOf(guest)} reads ${JSON.stringify(grant)}: expected ${expected}, got ${got.join(" ")}`);
  }

  async function lookAtExchange(guest: Guest, eyes: Eyes, exchange: Fact, expected: number): Promise<void> {
    const id = String(exchange["id"]);
    const body = await expectAnswer(guest, `/api/exchanges/${id}`, expected);
    if (body === undefined) return;
    const told = facts.of("transcript").find((one) => one["id"] === id);
    const isReadable = told !== undefined && seesTranscript(eyes, told);
    const { contents } = JSON.parse(body) as { readonly contents: { readonly kind: string } };
    const isWhole = isReadable && [told["prompt"], told["answer"]].every((said) => body.includes(String(said)));
    if (isReadable ? !isWhole : contents.kind !== "not-held")
      throw new Discrepancy(
        `${nameOf(guest)} reads exchange ${id}: expected ${isReadable ? "its words" : "none"}, got ${JSON.stringify(contents)}`,
      );
  }

  return { lookAtUse };
}

function idOf({ id }: Row | Fact): string {
  return String(id);
}
