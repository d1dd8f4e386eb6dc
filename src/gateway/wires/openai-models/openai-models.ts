import type { ListedModel, ModelList } from "../model-list.ts";

/** OpenAI's list of models. */
export const openaiModels: ModelList = {
  id: "openai-models",
  family: "openai",
  path: "/v1/models",
  one,
  all: (models) => ({ object: "list", data: models.map(one) }),
};

function one({ id, owner, since }: ListedModel): object {
  return { id, object: "model", created: Math.floor(Date.parse(since) / 1000), owned_by: owner };
}
