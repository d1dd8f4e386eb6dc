import {
  agreeReleasePlan,
  answerAmendment,
  checkReleasePlan,
  endEmbargoEarly,
  holdReleasePlan,
  liftHold,
  makeException,
  proposeAmendment,
  readReleasePlan,
  stateReleaseEvent,
  trustClock,
  withdrawAmendment,
  writeReleasePlan,
} from "../../contract/endpoints/releases.ts";
import { type Route, route } from "../http/route.ts";
import type { ReleaseService } from "./release-service.ts";

export function releaseRoutes(releases: ReleaseService): readonly Route[] {
  return [
    route(readReleasePlan, ({ caller, params }) => releases.read(caller, params.draft)),
    route(checkReleasePlan, ({ caller, params, body }) => releases.check(caller, params.draft, body)),
    route(writeReleasePlan, ({ caller, params, body }) => releases.write(caller, params.draft, body)),
    route(agreeReleasePlan, ({ caller, params, body }) => releases.agree(caller, params.draft, body.revision)),
    route(proposeAmendment, ({ caller, params, body }) => releases.propose(caller, params.draft, body)),
    route(answerAmendment, ({ caller, params, body }) => releases.answer(caller, params.draft, body.revision, body.agrees)),
    route(withdrawAmendment, ({ caller, params, body }) => releases.withdraw(caller, params.draft, body.revision)),
    route(holdReleasePlan, ({ caller, params, body }) => releases.hold(caller, params.draft, body.reason)),
    route(liftHold, ({ caller, params }) => releases.lift(caller, params.draft)),
    route(stateReleaseEvent, ({ caller, params, body }) => releases.stateEvent(caller, params.draft, body.event, body.reason)),
    route(endEmbargoEarly, ({ caller, params, body }) => releases.endEarly(caller, params.draft, body.because, body.reason)),
    route(makeException, ({ caller, params, body }) => releases.except(caller, params.draft, body.organisation, body.reason)),
    route(trustClock, async () => ({ trusted: await releases.trustClock() })),
  ];
}
