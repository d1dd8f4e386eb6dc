import type { GatewayCaller } from "../http/gateway-caller.ts";

/** What a gateway serves: the models whose credential is held here, or those that one lab keeps on its own premises. `gateway`: by its credential. */
export type GatewayScope = { readonly custody: "here" } | { readonly custody: "premises"; readonly lab: string; readonly gateway: string };

export function scopeOf(caller: GatewayCaller): GatewayScope {
  return caller.kind === "beside" ? { custody: "here" } : { custody: "premises", lab: caller.lab, gateway: caller.id };
}

/** How a gateway is known in the books: no name that one chooses is that of another lab's, or of the one beside the server. */
export function bookedName(caller: GatewayCaller, name: string): string {
  return caller.kind === "beside" ? name : `${caller.id}/${name}`.slice(0, 100);
}
