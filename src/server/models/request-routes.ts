import { answerAccessRequest, askForAccess, listAccessRequests, withdrawAccessRequest } from "../../contract/endpoints/access-requests.ts";
import { type Route, route } from "../http/route.ts";
import type { RequestService } from "./request-service.ts";

export function requestRoutes(requests: RequestService): readonly Route[] {
  return [
    route(listAccessRequests, ({ caller, params, query }) => requests.list(caller, params.model, query)),
    route(askForAccess, ({ caller, params, body }) => requests.ask(caller, params.model, body)),
    route(answerAccessRequest, ({ caller, params, body }) => requests.answer(caller, params.request, body)),
    route(withdrawAccessRequest, ({ caller, params }) => requests.withdraw(caller, params.request)),
  ];
}
