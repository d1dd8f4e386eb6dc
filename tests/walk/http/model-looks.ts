import { Discrepancy } from "../discrepancy.ts";
import { has, type Fact } from "../oracle/facts.ts";
import { MAY_ASK } from "../oracle/who-asks.ts";
import { type KeyFact, modelOf, placesOf } from "../oracle/who-serves.ts";
import { SEES, type Eyes } from "../oracle/who-sees.ts";
import { nameOf, sameAll } from "./answers.ts";
import type { Guest } from "./house.ts";
import type { ModelParts } from "./model-moves.ts";
import { expectAnswer, type Row, rowsOf } from "./pages.ts";

/** What of models a guest is shown, all of it and no more: lists, one model, what was used of it. */
export function createModelLooks({ draw }: Pick<ModelParts, "draw">, eyesNow: (guest: Guest) => Eyes) {
  const { random, facts } = draw;

  const seen = (eyes: Eyes, table: string, fields: Fact = {}): readonly Fact[] =>
    facts.of(table).filter((fact) => has(fact, fields) && SEES[table]?.(eyes, fact) === true);

  /** Whoever may know of a model has it in the list and can read it; to anybody else it is as if it were not there. */
  async function lookAtModels(guest: Guest, most = 2): Promise<void> {
    const eyes = eyesNow(guest);
    const known = seen(eyes, "enrolment");
    sameAll(`${nameOf(guest)} lists models`, idsOf(await rowsOf(guest, "/api/models")), idsOf(known));
    const mine = seen(eyes, "access_grant", { grantee_organisation_id: guest.viewer.organisation });
    sameAll(`${nameOf(guest)} lists grants`, idsOf(await rowsOf(guest, "/api/grants")), idsOf(mine));
    for (const model of random.shuffled(facts.of("enrolment")).slice(0, most)) await lookAtModel(guest, eyes, model);
  }

  async function lookAtModel(guest: Guest, eyes: Eyes, model: Fact): Promise<void> {
    const id = String(model["id"]);
    const ofModel = { enrolment_id: id };
    const isKnown = SEES["enrolment"]?.(eyes, model) === true;
    const expected = isKnown ? 200 : 404;
    for (const part of ["/events", "/use", "/stops", "/partners", "/requests", "/terms"])
      await expectAnswer(guest, `/api/models/${id}${part}`, expected);
    const body = await expectAnswer(guest, `/api/models/${id}`, expected);
    const isSide = [model["organisation_id"], model["desk_organisation_id"]].includes(guest.viewer.organisation);
    const mayStop = MAY_ASK["model.stop"](eyes);
    const used = await expectAnswer(guest, `/api/models/${id}/tokens`, !mayStop ? 403 : !isKnown ? 404 : isSide ? 200 : 403);
    if (body === undefined) return;
    const shown = JSON.parse(body) as { readonly windows: readonly Row[]; readonly versions: readonly Row[] };
    const what = (part: string): string => `${nameOf(guest)} reads ${part} of model ${id}`;
    const windows = seen(eyes, "access_window", ofModel);
    sameAll(
      what("windows"),
      shown.windows.map((window) => `${probed(window)} ${shownKey(window)}`),
      windows.map((window) => `${String(window["id"])} ${newestProbe(eyes, window)} ${keyWords(guest, window)}`),
    );
    for (const window of windows) {
      const probes = seen(eyes, "identity_probe", { window_id: window["id"] ?? null });
      sameAll(what("probes"), verdictsOf(await rowsOf(guest, `/api/windows/${String(window["id"])}/probes`)), verdictsOf(probes));
    }
    sameAll(what("requests"), idsOf(await rowsOf(guest, `/api/models/${id}/requests`)), idsOf(seen(eyes, "access_request", ofModel)));
    const terms = JSON.parse((await guest.get(`/api/models/${id}/terms`)).body) as List;
    sameAll(
      what("terms"),
      terms.rows.map(({ version }) => String(version)),
      ["1", ...seen(eyes, "changed_terms", ofModel).map(({ version }) => String(version))],
    );
    sameAll(
      what("versions"),
      shown.versions.map((version) => `${String(version["id"])} ${String(version["asksStreamUsage"])}`),
      seen(eyes, "model_version", ofModel).map((version) => `${String(version["id"])} ${String(version["asks_stream_usage"])}`),
    );
    sameAll(what("partners"), idsOf(await rowsOf(guest, `/api/models/${id}/partners`)), idsOf(seen(eyes, "partner_proposal", ofModel)));
    sameAll(what("grants"), idsOf(await rowsOf(guest, `/api/grants?model=${id}`)), idsOf(seen(eyes, "access_grant", ofModel)));
    sameAll(
      what("stops"),
      idsOf((JSON.parse((await guest.get(`/api/models/${id}/stops`)).body) as List).rows),
      idsOf(seen(eyes, "access_stop", ofModel)),
    );
    const use = seen(eyes, "access_use", ofModel);
    sameAll(what("use"), (await rowsOf(guest, `/api/models/${id}/use`)).map(useWords), hoursOf(use).map(useWords));
    if (used !== undefined)
      sameAll(
        what("used tokens"),
        (JSON.parse(used) as List).rows.map(({ token, requests }) => `${String(token)} ${String(requests)}`),
        tokensOf(use),
      );
    const certificates = seen(eyes, "destruction_certificate", ofModel).map((fact) => certificateWords(fact, placesOf(facts, keyOf(fact))));
    sameAll(what("certificates"), (await rowsOf(guest, `/api/certificates?model=${id}`)).map(shownCertificate), certificates);
  }

  function newestProbe(eyes: Eyes, window: Fact): string {
    const probes = seen(eyes, "identity_probe", { window_id: window["id"] ?? null });
    return String(probes.toSorted((a, b) => Number(b["at_ms"]) - Number(a["at_ms"]))[0]?.["verdict"]);
  }

  /** Where the credential of a window that is over was or may have been, told to its lab: destroyed alone when every gateway stated it. */
  function keyWords(guest: Guest, window: Fact): string {
    const isLab = window["organisation_id"] === guest.viewer.organisation;
    const isOver = window["ended_at"] !== null && modelOf(facts, window)?.["custody"] === "premises";
    if (!isLab || !isOver) return "untold";
    const places = placesOf(facts, { window_id: window["id"] ?? null, what: "credential", grant_id: null });
    const isDestroyed = places.size > 0 && [...places.values()].every(Boolean);
    return `${isDestroyed ? "destroyed" : "premises"} ${placeWords(places)}`;
  }

  /** Lists that are of no one model: whom a lab may offer to, its gateways, and the programmes, which are for everybody. */
  async function lookAtLists(guest: Guest): Promise<void> {
    const eyes = eyesNow(guest);
    const mayEnrol = MAY_ASK["model.enrol"](eyes);
    await expectAnswer(guest, "/api/desks", mayEnrol ? 200 : 403);
    const gateways = await expectAnswer(guest, "/api/gateways", mayEnrol ? 200 : 403);
    const programmes = JSON.parse((await expectAnswer(guest, "/api/programmes", 200)) ?? "") as List;
    for (const { id } of facts.of("programme_record"))
      if (!idsOf(programmes.rows).includes(String(id))) throw new Discrepancy(`${nameOf(guest)} lists programmes without ${String(id)}`);
    if (gateways === undefined) return;
    sameAll(`${nameOf(guest)} lists gateways`, idsOf((JSON.parse(gateways) as List).rows), idsOf(seen(eyes, "gateway")));
    const desks = facts.of("organisation").filter(({ kind }) => kind === "coordinator" || kind === "agency");
    sameAll(`${nameOf(guest)} lists desks`, idsOf(await rowsOf(guest, "/api/desks")), idsOf(desks));
  }

  return { lookAtModels, lookAtLists };
}

type List = { readonly rows: readonly Row[] };

function idsOf(rows: readonly Row[]): readonly string[] {
  return rows.map(({ id }) => String(id));
}

/** Of probes that are told apart by their hours. */
function verdictsOf(probes: readonly Row[]): readonly string[] {
  return probes.map((probe) => `${String(probe["atMs"] ?? probe["at_ms"])} ${String(probe["verdict"])}`);
}

function probed({ id, newestProbe }: Row): string {
  return `${String(id)} ${String((newestProbe as { readonly verdict?: string } | undefined)?.verdict)}`;
}

const COUNTS = {
  requests: "requests",
  incomplete: "incomplete",
  input_tokens: "inputTokens",
  output_tokens: "outputTokens",
  charged_tokens: "chargedTokens",
  unknown_usage: "unknownUsage",
} as const;

/** What was told call by call, as the hours that lab and desk are shown. */
function hoursOf(use: readonly Fact[]): readonly Row[] {
  const groups = Map.groupBy(use, ({ grant_id, purpose, hour }) => [grant_id, purpose, hour].join(" "));
  return [...groups.values()].map((group) => {
    const [first] = group;
    const counts = Object.entries(COUNTS).map(([column, name]) => [
      name,
      group.reduce((sum, fact) => sum + (column === "requests" ? 1 : Number(fact[column] ?? 0)), 0),
    ]);
    return {
      grant: first?.["grant_id"],
      organisation: { id: first?.["grantee_organisation_id"] },
      purpose: first?.["purpose"],
      hourMs: Date.parse(String(first?.["hour"])),
      ...(Object.fromEntries(counts) as Row),
    };
  });
}

function useWords(row: Row): string {
  const { id } = row["organisation"] as { readonly id: string };
  return [row["grant"], id, row["purpose"], row["hourMs"], ...Object.values(COUNTS).map((name) => row[name])].join(" ");
}

function tokensOf(use: readonly Fact[]): readonly string[] {
  return [...Map.groupBy(use, ({ token_id }) => String(token_id))].map(([token, group]) => `${token} ${group.length}`);
}

function certificateWords(fact: Fact, places: ReadonlyMap<string, boolean>): string {
  return [fact["window_id"], fact["what"], fact["grant_id"] ?? "", fact["key_id"] ?? "here", placeWords(places)].join(" ");
}

const keyOf = ({ window_id = null, what = null, grant_id = null }: Fact): KeyFact => ({ window_id, what, grant_id });

function placeWords(places: ReadonlyMap<string, boolean>): string {
  return [...places]
    .map(([gateway, isDestroyed]) => `${gateway}=${isDestroyed ? "destroyed" : "not-stated"}`)
    .toSorted()
    .join(",");
}

/** Behind the id of its credential a gateway is named as it names itself. */
function shownPlaces(places: unknown): string {
  return (places as readonly { readonly gateway: string; readonly state: string }[])
    .map(({ gateway, state }) => `${gateway.slice(gateway.indexOf("/") + 1)}=${state}`)
    .toSorted()
    .join(",");
}

function shownKey({ credential, credentialAt }: Row): string {
  return credentialAt === undefined ? "untold" : `${String(credential)} ${shownPlaces(credentialAt)}`;
}

/** Keys of this server bear names of its own. */
function shownCertificate({ window, what, grant, keyId, gateway, places = [] }: Row): string {
  return [window, what, grant ?? "", gateway === undefined ? "here" : keyId, shownPlaces(places)].join(" ");
}
