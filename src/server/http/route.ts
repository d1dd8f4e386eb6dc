import type { AnswerOf, AnyEndpoint, BodyOf, MemberRule, ParamsOf, QueryOf } from "../../contract/endpoint.ts";
import type { Caller } from "./caller.ts";
import type { GatewayCaller } from "./gateway-caller.ts";

/** What a handler is given: checked by the endpoint's schemas, never more. */
export type HandlerInput<E extends AnyEndpoint> = {
  readonly params: ParamsOf<E>;
  readonly query: QueryOf<E>;
  readonly body: BodyOf<E>;
  /** A request header by its lower-case name. */
  readonly header: (name: string) => string | undefined;
  readonly viaLocalDoor: boolean;
  /** Who asks; always there where the endpoint's rule is for members, and otherwise when a valid credential came with the request. */
  readonly caller: E["access"] extends MemberRule ? Caller : Caller | undefined;
  /** Which gateway asks; there where the endpoint is for gateways. */
  readonly gateway: E["access"] extends "gateway" ? GatewayCaller : GatewayCaller | undefined;
  /** Aborted when the client goes away or the server stops. */
  readonly signal: AbortSignal;
};

/** An answer written as it is, for bodies that are already bytes, need headers of their own, or come piece by piece. */
export class RawReply {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string | Uint8Array | AsyncIterable<string | Uint8Array>;

  constructor(status: number, headers: Readonly<Record<string, string>>, body: string | Uint8Array | AsyncIterable<string | Uint8Array>) {
    this.status = status;
    this.headers = headers;
    this.body = body;
  }
}

export type Handler<E extends AnyEndpoint> = (input: HandlerInput<E>) => Promise<AnswerOf<E> | RawReply> | AnswerOf<E> | RawReply;

/** An endpoint with what answers it; made by `route`. */
export type Route = { readonly endpoint: AnyEndpoint; readonly handle: Handler<AnyEndpoint> };

/** Binds a handler to an endpoint of the contract. A subject's `*-routes.ts` exports a list of these. */
export function route<E extends AnyEndpoint>(endpoint: E, handle: Handler<E>): Route {
  return { endpoint, handle: handle as unknown as Handler<AnyEndpoint> };
}
