import type { z } from "zod";
import { VERBS, type Verb } from "../vocabulary/organisation.ts";

/**
 * Who may call an endpoint. There is no default: an endpoint without a rule does not compile, and the server refuses to start with one.
 * `anyone` may be called by strangers, and reaches confidential rows only as far as the database shows them to the caller, when one is stated;
 * `signed-in` by every member for what is its own; a verb by members whose role, and whose token's scopes, allow it;
 * `local-door` only through the socket in the data directory, by whoever owns it; `gateway` by a model gateway, through that socket or with
 * the credential of one on a lab's own premises.
 */
export type AccessRule = "anyone" | "local-door" | "gateway" | "signed-in" | Verb;

/** Every rule there is. */
export const ACCESS_RULES: readonly AccessRule[] = ["anyone", "local-door", "gateway", "signed-in", ...VERBS];

/** The rules under which a handler always has a caller. */
export type MemberRule = "signed-in" | Verb;

/** True when the endpoint answers members only. */
export function isMemberRule(rule: AccessRule): rule is MemberRule {
  return rule !== "anyone" && rule !== "local-door" && rule !== "gateway";
}

/** What an endpoint takes: JSON checked by the schema, raw bytes, raw bytes that are taken as they come, or nothing. */
export type BodyKind = "none" | "json" | "bytes" | "stream";

export type Method = "GET" | "POST";

/** The dialect in which errors are written: RFC 9457 for Sluice's own, google.rpc.Status for OSV, npm's own for npm, bare text for probes. */
export type ErrorDialect = "problem" | "osv" | "npm" | "plain";

/** One endpoint as data. The server's routes, the client, OpenAPI and the docs are made from it. */
export type Endpoint<
  Params extends z.ZodType,
  Query extends z.ZodType,
  Body extends z.ZodType,
  Answer extends z.ZodType,
  Access extends AccessRule = AccessRule,
> = {
  readonly id: string;
  readonly method: Method;
  /** With `{name}` for parameters, OpenAPI style; `{+name}` at the end takes the rest of the path, slashes too. */
  readonly path: string;
  readonly title: string;
  /** One or two sentences for the docs: what it answers, its limits. */
  readonly description: string;
  readonly access: Access;
  readonly errors: ErrorDialect;
  readonly params: Params;
  readonly query: Query;
  readonly bodyKind: BodyKind;
  readonly body: Body;
  /** Largest body taken, in bytes after decompression. */
  readonly bodyLimitBytes: number;
  readonly answerType: "application/json" | "application/x-ndjson" | "text/plain" | "application/octet-stream" | "text/html";
  readonly answer: Answer;
};

export type AnyEndpoint = Endpoint<z.ZodType, z.ZodType, z.ZodType, z.ZodType>;
export type ParamsOf<E extends AnyEndpoint> = z.output<E["params"]>;
export type QueryOf<E extends AnyEndpoint> = z.output<E["query"]>;
export type QueryInputOf<E extends AnyEndpoint> = z.input<E["query"]>;
export type BodyOf<E extends AnyEndpoint> = z.output<E["body"]>;
export type BodyInputOf<E extends AnyEndpoint> = z.input<E["body"]>;
export type AnswerOf<E extends AnyEndpoint> = z.output<E["answer"]>;

/** Keeps the schemas' types while checking the shape. */
export function endpoint<
  Params extends z.ZodType,
  Query extends z.ZodType,
  Body extends z.ZodType,
  Answer extends z.ZodType,
  const Access extends AccessRule,
>(declared: Endpoint<Params, Query, Body, Answer, Access>): Endpoint<Params, Query, Body, Answer, Access> {
  return declared;
}
