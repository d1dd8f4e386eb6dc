import type { ModelWire } from "../../vocabulary/exchange.ts";

/** An enrolled model as a list of models shows it. */
export type ListedModel = {
  /** What a request calls it. */
  readonly id: string;
  readonly name: string;
  readonly owner: string;
  /** When it was enrolled, RFC 3339. */
  readonly since: string;
};

/**
 * A list of models that the gateway answers by itself from what the token's grant covers: passed on, it would show what else the
 * lab's account can reach.
 */
export type ModelList = {
  readonly id: string;
  readonly family: ModelWire;
  readonly path: "/v1/models";
  /** The JSON of one model, or of the list, in the shape of the wire's own SDK. */
  readonly one: (model: ListedModel) => object;
  readonly all: (models: readonly ListedModel[]) => object;
};
