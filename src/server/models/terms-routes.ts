import { changeModelTerms, listModelTerms } from "../../contract/endpoints/model-terms.ts";
import { type Route, route } from "../http/route.ts";
import type { ModelService } from "./model-service.ts";
import type { TermsService } from "./terms-service.ts";

export function termsRoutes(terms: TermsService, models: Pick<ModelService, "read">): readonly Route[] {
  return [
    route(listModelTerms, async ({ caller, params }) => ({ rows: [...(await terms.list(caller, params.model))] })),
    route(changeModelTerms, async ({ caller, params, body }) => {
      await terms.change(caller, params.model, body);
      return models.read(caller, params.model);
    }),
  ];
}
