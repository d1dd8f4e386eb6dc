import type { ServerResponse } from "node:http";
import { CodedError } from "../../vocabulary/coded-error.ts";

/** The requests that are being answered, so that a stop can wait for them and then cut them off. */
export type OpenRequests = {
  /** `signal` aborts when the client goes away, a limited request takes too long or the server gives up waiting. `done` must be called. */
  readonly begin: (response: ServerResponse, isLimited: boolean) => { readonly signal: AbortSignal; readonly done: () => void };
  readonly count: () => number;
  readonly abortAll: () => void;
};

/** Longer than any statement may run. */
const LIMIT_MS = 60_000;

export function createOpenRequests(limitMs: number = LIMIT_MS): OpenRequests {
  const controllers = new Set<AbortController>();
  return {
    begin: (response, isLimited) => {
      const controller = new AbortController();
      controllers.add(controller);
      const onClose = (): void => {
        if (!response.writableFinished) controller.abort(new CodedError("input-invalid", "the client went away"));
      };
      response.once("close", onClose);
      const timer = isLimited ? setTimeout(() => controller.abort(tooSlow(limitMs)), limitMs) : undefined;
      timer?.unref();
      const done = (): void => {
        clearTimeout(timer);
        response.off("close", onClose);
        controllers.delete(controller);
      };
      return { signal: controller.signal, done };
    },
    count: () => controllers.size,
    abortAll: () => {
      for (const controller of controllers) controller.abort(new CodedError("shutting-down", "the server is stopping"));
    },
  };
}

function tooSlow(limitMs: number): CodedError {
  return new CodedError("statement-timeout", `no answer within ${limitMs / 1000} seconds; ask for less at once, or later`);
}
