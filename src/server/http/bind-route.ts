import type { FastifyReply, FastifyRequest } from "fastify";
import type { AnyEndpoint } from "../../contract/endpoint.ts";
import { CodedError } from "../../vocabulary/coded-error.ts";
import type { App } from "../app.ts";
import { cameThroughDoor } from "../local-door/door-mark.ts";
import { checkedInput } from "./checked-input.ts";
import type { OpenRequests } from "./open-requests.ts";
import { readBody } from "./request-body.ts";
import { RawReply, type Route } from "./route.ts";

declare module "fastify" {
  interface FastifyContextConfig {
    readonly endpoint?: AnyEndpoint;
  }
}

/** Longer than any statement may run; a request that takes more is given up, except through the door, where a person waits. */
const HANDLER_LIMIT_MS = 60_000;

export type UnknownPathAnswer = (request: FastifyRequest, reply: FastifyReply) => Promise<FastifyReply>;

/** Makes one endpoint of the contract answer. `asUnknown` writes what a path that does not exist would. */
export function bindRoute(app: App, bound: Route, open: OpenRequests, asUnknown: UnknownPathAnswer): void {
  const { endpoint, handle } = bound;
  app.route({
    method: endpoint.method,
    url: endpoint.path.replaceAll(/\{(\w+)\}/g, ":$1"),
    bodyLimit: Math.max(1, endpoint.bodyLimitBytes),
    config: { endpoint },
    onRequest: async (request, reply) => {
      if (endpoint.access === "local-door" && !cameThroughDoor(request.raw)) return asUnknown(request, reply);
      return undefined;
    },
    handler: async (request, reply) => {
      const viaLocalDoor = cameThroughDoor(request.raw);
      const { signal, done } = open.begin(reply.raw, viaLocalDoor ? undefined : HANDLER_LIMIT_MS);
      try {
        const answer = await handle({
          params: checkedInput(endpoint.params, request.params, "params"),
          query: checkedInput(endpoint.query, request.query, "query"),
          body: checkedInput(endpoint.body, await readBody(endpoint, request.body, bodyHeaders(request)), "body"),
          header: (name) => headerText(request.headers[name]),
          viaLocalDoor,
          signal,
        });
        return send(reply, endpoint, answer);
      } catch (error) {
        throw signal.aborted && signal.reason instanceof CodedError ? signal.reason : error;
      } finally {
        done();
      }
    },
  });
}

function send(reply: FastifyReply, endpoint: AnyEndpoint, answer: unknown): FastifyReply {
  if (answer instanceof RawReply) {
    const body =
      typeof answer.body === "string" ? answer.body : Buffer.from(answer.body.buffer, answer.body.byteOffset, answer.body.byteLength);
    return reply.code(answer.status).headers(answer.headers).send(body);
  }
  switch (endpoint.answerType) {
    case "application/json":
      return reply.type("application/json; charset=utf-8").send(JSON.stringify(answer));
    case "application/octet-stream":
      return reply.type("application/octet-stream").send(Buffer.from(answer as Uint8Array));
    case "text/plain":
    case "text/html":
      return reply.type(`${endpoint.answerType}; charset=utf-8`).send(String(answer));
  }
}

function bodyHeaders(request: FastifyRequest): { readonly contentType: string | undefined; readonly contentEncoding: string | undefined } {
  return { contentType: request.headers["content-type"], contentEncoding: request.headers["content-encoding"] };
}

function headerText(value: string | readonly string[] | undefined): string | undefined {
  return typeof value === "object" ? value.join(", ") : value;
}
