import { addWindow, endWindow, extendWindow, giveCredential } from "../../contract/endpoints/access-windows.ts";
import { changeGrant, endGrant, listGrants, makeGrant, readGrant } from "../../contract/endpoints/grants.ts";
import { listCertificates, listModelEvents, listUse, markRevokedUpstream } from "../../contract/endpoints/model-history.ts";
import {
  acceptProgramme,
  addModelVersion,
  addProgramme,
  enrolModel,
  listDesks,
  listModels,
  listProgrammes,
  moveRelease,
  previewRelease,
  readModel,
  retireModelVersion,
  withdrawModel,
} from "../../contract/endpoints/models.ts";
import { type Route, route } from "../http/route.ts";
import type { GrantService } from "./grant-service.ts";
import type { ModelService } from "./model-service.ts";
import type { WindowService } from "./window-service.ts";

export function modelRoutes(models: ModelService, windows: WindowService, grants: GrantService): readonly Route[] {
  return [
    route(listDesks, ({ caller, query }) => models.desks(caller, query)),
    route(listModels, ({ caller, query }) => models.list(caller, query)),
    route(enrolModel, ({ caller, body }) => models.enrol(caller, body)),
    route(readModel, ({ caller, params }) => models.read(caller, params.model)),
    route(withdrawModel, ({ caller, params }) => models.withdraw(caller, params.model)),
    route(addModelVersion, ({ caller, params, body }) => models.addVersion(caller, params.model, body)),
    route(retireModelVersion, ({ caller, params }) => models.retireVersion(caller, params.model, params.version)),
    route(previewRelease, ({ caller, params, body }) => models.previewRelease(caller, params.model, body)),
    route(moveRelease, ({ caller, params, body }) => models.moveRelease(caller, params.model, body)),
    route(acceptProgramme, ({ caller, params, body }) => models.acceptProgramme(caller, params.model, body.programme)),
    route(listProgrammes, async () => ({ rows: [...(await models.programmes())] })),
    route(addProgramme, ({ caller, body }) => models.addProgramme(caller, body)),
    route(addWindow, ({ caller, params, body }) => windows.add(caller, params.model, body)),
    route(giveCredential, ({ caller, params, body }) => windows.giveCredential(caller, params.window, body.credential)),
    route(extendWindow, ({ caller, params, body }) => windows.extend(caller, params.window, body.closes)),
    route(endWindow, ({ caller, params }) => windows.end(caller, params.window)),
    route(makeGrant, ({ caller, params, body }) => grants.make(caller, params.window, body)),
    route(changeGrant, ({ caller, params, body }) => grants.change(caller, params.grant, body)),
    route(endGrant, ({ caller, params }) => grants.end(caller, params.grant)),
    route(listGrants, ({ caller, query }) => grants.list(caller, query)),
    route(readGrant, ({ caller, params }) => grants.read(caller, params.grant)),
    route(listUse, ({ caller, params, query }) => grants.use(caller, params.model, query)),
    route(listModelEvents, ({ caller, params, query }) => grants.events(caller, params.model, query)),
    route(listCertificates, ({ caller, query }) => grants.certificates(caller, query)),
    route(markRevokedUpstream, async ({ caller, params }) => {
      await grants.markRevoked(caller, params.certificate);
      return { done: true as const };
    }),
  ];
}
