import { z } from "zod";
import { noBody, nothing } from "./schemas.ts";

const SMALL_BODY = 64 * 1024;
const json = { errors: "problem", answerType: "application/json" } as const;

/** A GET that is answered with JSON. */
export const reading = {
  ...json,
  method: "GET",
  params: nothing,
  query: nothing,
  bodyKind: "none",
  body: noBody,
  bodyLimitBytes: 0,
} as const;

/** A POST without a body. */
export const asking = {
  ...json,
  method: "POST",
  params: nothing,
  query: nothing,
  bodyKind: "none",
  body: noBody,
  bodyLimitBytes: 0,
} as const;

/** A POST of a small JSON body. */
export const sending = { ...json, method: "POST", params: nothing, query: nothing, bodyKind: "json", bodyLimitBytes: SMALL_BODY } as const;

export const emailText = z.email("expected an address such as name@organisation.example").max(320);
export const nameText = z.string().trim().min(1).max(200);
export const labelText = z.string().trim().min(1).max(100);
export const idText = z.uuid("expected an id, which is a UUID");
export const secretText = z.string().regex(/^[\w-]{43}$/, "expected the part of the link after #");
/** The answer of what has nothing else to say. */
export const done = z.object({ done: z.literal(true) });

/** Milliseconds since 1970. */
export const instant = z.number();
