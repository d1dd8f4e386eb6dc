import type { GatewayRowAnswer } from "../../contract/endpoints/gateways.ts";
import type { StateKind } from "../ui/state.tsx";

/** Orders are asked for four times a second; when that was last is known to within a minute. */
const SILENT_AFTER_MS = 150_000;

/** Whether a gateway on a lab's premises is heard of now. */
export function gatewayShown(
  { lastSeenAtMs, revokedAtMs }: Pick<GatewayRowAnswer, "lastSeenAtMs" | "revokedAtMs">,
  nowMs: number,
): { readonly kind: StateKind; readonly word: string } {
  if (revokedAtMs !== undefined) return { kind: "blocked", word: "revoked" };
  if (lastSeenAtMs === undefined) return { kind: "waits", word: "not heard of yet" };
  return nowMs - lastSeenAtMs < SILENT_AFTER_MS
    ? { kind: "in-force", word: "in touch" }
    : { kind: "due", word: "silent: nothing goes through" };
}
