import type { z } from "zod";

/**
 * Who may call an endpoint. There is no default: an endpoint without a rule does not compile, and the server refuses to start with one.
 * `anyone` may be called by strangers and touches public data only; `local-door` only through the socket in the data directory, by whoever owns it.
 */
export type AccessRule = "anyone" | "local-door";

/** What an endpoint takes: JSON checked by the schema, raw bytes, or nothing. */
export type BodyKind = "none" | "json" | "bytes";

export type Method = "GET" | "POST";

/** The dialect in which errors are written: RFC 9457 for Sluice's own, google.rpc.Status for OSV, npm's own for npm, bare text for probes. */
export type ErrorDialect = "problem" | "osv" | "npm" | "plain";

/** One endpoint as data. The server's routes, the client, OpenAPI and the docs are made from it. */
export type Endpoint<Params extends z.ZodType, Query extends z.ZodType, Body extends z.ZodType, Answer extends z.ZodType> = {
  readonly id: string;
  readonly method: Method;
  /** With `{name}` for parameters, OpenAPI style. */
  readonly path: string;
  readonly title: string;
  /** One or two sentences for the docs: what it answers, its limits. */
  readonly description: string;
  readonly access: AccessRule;
  readonly errors: ErrorDialect;
  readonly params: Params;
  readonly query: Query;
  readonly bodyKind: BodyKind;
  readonly body: Body;
  /** Largest body taken, in bytes after decompression. */
  readonly bodyLimitBytes: number;
  readonly answerType: "application/json" | "text/plain" | "application/octet-stream" | "text/html";
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
export function endpoint<Params extends z.ZodType, Query extends z.ZodType, Body extends z.ZodType, Answer extends z.ZodType>(
  declared: Endpoint<Params, Query, Body, Answer>,
): Endpoint<Params, Query, Body, Answer> {
  return declared;
}
