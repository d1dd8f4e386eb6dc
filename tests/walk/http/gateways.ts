import type { Client } from "../../../src/contract/client.ts";
import { has, type Fact, type Facts } from "../oracle/facts.ts";
import type { Serving } from "../oracle/who-serves.ts";
import { BESIDE, type House } from "./house.ts";

/** A gateway that can ask: how it is served, by which name it goes, and whom it asks as. */
export type KnownGateway = { readonly serving: Serving; readonly name: string; readonly ask: Client };

/** One on a lab's premises may have this key from now on: that it is told once is enough. */
export function tellPlace(facts: Facts, { serving, name }: KnownGateway, key: Fact): void {
  if (serving.custody === "here") return;
  const fact = { ...key, id: null, gateway: name };
  if (!facts.of("key_place").some((told) => has(told, fact))) facts.tell("key_place", fact);
}

/** Of a window's credential. */
export function credentialKey({ organisation_id = null, enrolment_id = null, desk_organisation_id = null, id = null }: Fact): Fact {
  const of = { organisation_id, enrolment_id, desk_organisation_id, window_id: id };
  return { ...of, grant_id: null, grantee_organisation_id: null, what: "credential" };
}

/** The gateway beside the server, and those that labs were given credentials for. */
export type Gateways = {
  readonly all: () => readonly KnownGateway[];
  /** Whoever serves the model that a fact is about; undefined = its lab has no gateway in force. */
  readonly serving: (model: Fact) => KnownGateway | undefined;
  readonly issued: (id: string, gateway: KnownGateway) => void;
  readonly revoked: (id: string) => KnownGateway | undefined;
};

export function createGateways({ beside }: House): Gateways {
  const known = new Map<string, KnownGateway>();
  const local: KnownGateway = { serving: { custody: "here" }, name: BESIDE, ask: beside };
  return {
    all: () => [local, ...known.values()],
    serving: (model) =>
      model["custody"] === "here"
        ? local
        : [...known.values()].find(({ serving }) => serving.custody === "premises" && serving.lab === model["organisation_id"]),
    issued: (id, gateway) => void known.set(id, gateway),
    revoked: (id) => {
      const gateway = known.get(id);
      known.delete(id);
      return gateway;
    },
  };
}
