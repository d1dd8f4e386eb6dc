import type { GatewayRowAnswer } from "../../contract/endpoints/gateways.ts";
import type { StateKind } from "../ui/state.tsx";
import { countText } from "./count-text.ts";
import { amountText } from "./model-words.ts";

/** Orders are asked for four times a second; when that was last is known to within a minute. */
const SILENT_AFTER_MS = 150_000;

/** Whether a gateway on a lab's premises is heard of now. */
export function gatewayShown(
  { lastSeenAtMs, revokedAtMs }: Pick<GatewayRowAnswer, "lastSeenAtMs" | "revokedAtMs">,
  nowMs: number,
): { readonly kind: StateKind; readonly word: string } {
  if (revokedAtMs !== undefined) return { kind: "blocked", word: "ended" };
  if (lastSeenAtMs === undefined) return { kind: "waits", word: "not heard of yet" };
  return nowMs - lastSeenAtMs < SILENT_AFTER_MS
    ? { kind: "in-force", word: "in touch" }
    : { kind: "due", word: "silent: nothing goes through" };
}

/** What a gateway has of budgets, or had when it was ended; undefined = nothing. */
export function gatewayBudgetText({ reserved, unaccounted }: Pick<GatewayRowAnswer, "reserved" | "unaccounted">): string | undefined {
  if (!isNothing(unaccounted)) return `${amountsText(unaccounted)} charged with its end`;
  return isNothing(reserved) ? undefined : `holds ${amountsText(reserved)}`;
}

/** What ending a gateway costs, before it is ended. */
export function endingCostText({ reserved }: Pick<GatewayRowAnswer, "reserved">): string {
  const held = isNothing(reserved) ? "It holds nothing of any budget now" : `It holds ${amountsText(reserved)} of budgets now`;
  return `${held}. Whatever it holds is charged in full and not given back: nobody else can say what of it was used. If it still runs, stop it first, and it gives back what it has not used.`;
}

type Amounts = GatewayRowAnswer["reserved"];

function isNothing({ requests, tokens }: Amounts): boolean {
  return requests === 0 && tokens === 0;
}

function amountsText({ requests, tokens }: Amounts): string {
  return `${countText(requests, "request")} and ${amountText(tokens)} tokens`;
}
