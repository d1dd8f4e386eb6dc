import { queryOptions } from "@tanstack/react-query";
import type { AnswerOf } from "../../../contract/endpoint.ts";
import { listTokens } from "../../../contract/endpoints/access-tokens.ts";
import { readAccount } from "../../../contract/endpoints/account.ts";
import { ask } from "../../server-client.ts";

export type Account = AnswerOf<typeof readAccount>;
export type Token = AnswerOf<typeof listTokens>["tokens"][number];

export const accountQuery = queryOptions({ queryKey: ["account"], queryFn: ({ signal }) => ask(readAccount, { signal }) });
export const tokensQuery = queryOptions({ queryKey: ["tokens"], queryFn: ({ signal }) => ask(listTokens, { signal }) });
