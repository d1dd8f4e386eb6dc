import { queryOptions } from "@tanstack/react-query";
import type { AnswerOf } from "../../../contract/endpoint.ts";
import { listSignOns } from "../../../contract/endpoints/sign-ons.ts";
import { ask } from "../../server-client.ts";

export type SignOn = AnswerOf<typeof listSignOns>["signOns"][number];

export const signOnsQuery = queryOptions({ queryKey: ["sign-ons"], queryFn: ({ signal }) => ask(listSignOns, { signal }) });
