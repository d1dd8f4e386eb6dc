import type { Client } from "../../../src/contract/client.ts";
import type { Fact } from "../oracle/facts.ts";
import type { Serving } from "../oracle/who-serves.ts";
import { BESIDE, type House } from "./house.ts";

/** A gateway that can ask: how it is served, by which name it goes, and whom it asks as. */
export type KnownGateway = { readonly serving: Serving; readonly name: string; readonly ask: Client };

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
