import { listProbes } from "../../contract/endpoints/probes.ts";
import { type Route, route } from "../http/route.ts";
import type { ProbeHistoryService } from "./probe-history-service.ts";

export function probeHistoryRoutes(probes: ProbeHistoryService): readonly Route[] {
  return [route(listProbes, ({ caller, params, query }) => probes.list(caller, params.window, query))];
}
