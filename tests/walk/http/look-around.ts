import type { AnyEndpoint } from "../../../src/contract/endpoint.ts";
import { isMemberRule } from "../../../src/contract/endpoint.ts";
import { allEndpoints } from "../../../src/contract/endpoints/all.ts";
import { Discrepancy } from "../discrepancy.ts";
import type { Fact } from "../oracle/facts.ts";
import { reachOf, SEES, type Eyes } from "../oracle/who-sees.ts";
import { knowsOfToken, seesTranscript } from "../oracle/who-sees-models.ts";
import { nameOf } from "./answers.ts";
import type { Guest, House } from "./house.ts";

export const MARKER = /told-\d+-[0-9a-f]{8}/g;
const READINGS = allEndpoints.filter(({ method, access }) => method === "GET" && isMemberRule(access));
const AT_ONCE = 8;

/** Tables whose words an answer may hold, and whose ids tell that something is there. */
const MODEL_TABLES = [
  "enrolment",
  "model_version",
  "model_endpoint",
  "access_window",
  "sealed_credential",
  "access_grant",
  "partner_proposal",
  "access_request",
  "access_stop",
  "exchange",
  "identity_probe",
  "destruction_certificate",
  "key_place",
  "gateway_token",
] as const;

const WORDED = [
  "organisation",
  "member",
  "circle",
  "circle_vetting",
  "draft_part",
  "exclusion_exception",
  "ledger_statement",
  "programme_record",
  "gateway",
  "transcript",
  "changed_terms",
  ...MODEL_TABLES,
] as const;

/** Beside whoever is shown the thing, who is told that it is there. */
function knowsOf(eyes: Eyes, table: (typeof MODEL_TABLES)[number], fact: Fact): boolean {
  if (table === "gateway_token") return knowsOfToken(eyes, fact);
  return SEES[table]?.(eyes, fact) === true;
}

export type Readers = Pick<ReturnType<typeof createLookAround>, "wasRead">;

export function createLookAround({ draw, guests, asked }: House, eyesNow: (guest: Guest) => Eyes) {
  const { random, facts } = draw;

  /** Some of all the readings that the contract has for members, with true and made-up ids: no word and no draft that the guest may not know of. */
  async function lookAround(guest: Guest): Promise<void> {
    const eyes = eyesNow(guest);
    for (const reading of random.shuffled(READINGS).slice(0, AT_ONCE)) await lookAt(guest, eyes, reading);
  }

  /** What was asked by chance in vain is asked by each guest, until one of them is answered. */
  async function askUnanswered(): Promise<void> {
    for (const reading of READINGS)
      for (const guest of random.shuffled(guests)) {
        if (asked.answered.has(reading.id)) break;
        for (let times = 0; times < 4; times++) await lookAt(guest, eyesNow(guest), reading);
      }
  }

  async function lookAt(guest: Guest, eyes: Eyes, reading: AnyEndpoint): Promise<void> {
    const { path, stated } = pathOf(reading);
    const answer = await guest.get(path);
    if (answer.status >= 500) throw new Discrepancy(`${nameOf(guest)} asks ${path}: ${answer.status} ${answer.body}`);
    for (const id of stated) wasRead(guest, eyes, id);
    holdAgainst(guest, path, answer.body, { known: knownTo(eyes), eyes, stated });
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
        if (fact["id"] === null || fact["id"] === undefined) continue;
        const id = String(fact["id"]);
        if (body.includes(id) && !stated.includes(id) && !knowsOf(eyes, table, fact))
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
    for (const table of WORDED) {
      for (const fact of facts.of(table)) {
        if (table === "transcript" ? !seesTranscript(eyes, fact) : SEES[table]?.(eyes, fact) !== true) continue;
        for (const value of Object.values(fact).flat())
          if (typeof value === "string") for (const [marker] of value.matchAll(MARKER)) known.add(marker);
      }
    }
    return known;
  }

  function whereTold(marker: string): string {
    for (const table of [...WORDED, "draft_research"]) {
      const fact = facts.of(table).find((told) => Object.values(told).some((value) => String(value).includes(marker)));
      if (fact !== undefined) return `${table} ${JSON.stringify(fact)}`;
    }
    return marker;
  }

  function pathOf(reading: AnyEndpoint): { readonly path: string; readonly stated: readonly string[] } {
    const stated: string[] = [];
    const path = reading.path.replaceAll(/\{\+?(\w+)\}/g, (_, name: string) => {
      const id = random.oneIn(6) ? draw.uuid() : String(idFor(name) ?? draw.uuid());
      stated.push(id);
      return encodeURIComponent(id);
    });
    return { path: reading.id === "searchExchanges" ? `${path}?text=${wordOfSomebody()}` : path, stated };
  }

  function wordOfSomebody(): string {
    return String(draw.one("transcript")?.["prompt"] ?? draw.text());
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
      case "window":
        return draw.one("access_window")?.["id"];
      case "grant":
        return draw.one("access_grant")?.["id"];
      case "exchange":
        return draw.one("exchange")?.["id"];
      case "invitation":
        return draw.one("invitation")?.["id"];
    }
    return undefined;
  }

  return { lookAround, askUnanswered, wasRead };
}
