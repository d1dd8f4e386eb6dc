import type { ServerResponse } from "node:http";
import type { Admission } from "../orders/standing-orders.ts";
import type { Route } from "../wires/route.ts";
import { modelUnknown, wireUnknown } from "./plan-call.ts";

/** Answers with the token's own models: asking upstream would show what else the lab's account reaches. @throws CallRefused */
export function listModels(route: Extract<Route, { kind: "models" }>, { window }: Admission, response: ServerResponse): void {
  if (window.wire !== route.list.family) throw wireUnknown(window.wire);
  const models = window.models.map(({ name }) => ({ id: name, name, owner: "enrolled", since: "1970-01-01T00:00:00Z" }));
  const one = models.find(({ id }) => id === route.model);
  if (route.model !== undefined && one === undefined) throw modelUnknown(route.model, window.models);
  const body = Buffer.from(JSON.stringify(one === undefined ? route.list.all(models) : route.list.one(one)));
  response.writeHead(200, { "content-type": "application/json", "content-length": String(body.length) }).end(body);
}
