import { readWork } from "../../contract/endpoints/work.ts";
import { type Route, route } from "../http/route.ts";
import type { WorkService } from "./work-service.ts";

export function workRoutes(work: WorkService): readonly Route[] {
  return [route(readWork, ({ caller }) => work.read(caller))];
}
