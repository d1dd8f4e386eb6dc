import type { ListedModel, ModelList } from "../model-list.ts";

/** Anthropic's list of models: always one page. */
export const anthropicModels: ModelList = {
  id: "anthropic-models",
  family: "anthropic",
  path: "/v1/models",
  one,
  all: (models) => ({ data: models.map(one), has_more: false, first_id: models[0]?.id ?? null, last_id: models.at(-1)?.id ?? null }),
};

function one({ id, name, since }: ListedModel): object {
  return { type: "model", id, display_name: name, created_at: since };
}
