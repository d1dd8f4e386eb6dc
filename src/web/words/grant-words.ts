import type { GrantAnswer } from "../../contract/model-schemas.ts";
import type { ModelTokenAnswer } from "../../contract/endpoints/exchanges.ts";
import type { StopAnswer } from "../../contract/endpoints/gateways.ts";
import type { ModelWire } from "../../vocabulary/exchange.ts";
import type { StateKind } from "../ui/state.tsx";
import { countText, listText } from "./count-text.ts";
import { amountText, outsideText, stateShown } from "./model-words.ts";

type Shown = { readonly kind: StateKind; readonly word: string };

type Standing = Pick<GrantAnswer, "endedAtMs" | "window">;

/** How a grant stands: of itself, by its window, and by what stops its use for now. */
export function grantShown(grant: Standing, isStopped: boolean): Shown {
  if (isStopped && isUsable(grant)) return { kind: "blocked", word: "stopped" };
  const { endedAtMs, window } = grant;
  return endedAtMs === undefined || window.state === "closed" ? stateShown(window.state) : { kind: "refuted", word: "ended" };
}

/** True while tools may get through, as far as window and grant go. */
export function isUsable({ endedAtMs, window }: Standing): boolean {
  return endedAtMs === undefined && window.state === "open";
}

/** After the model's name: what one may do with it now. */
export function grantHeadingEnd(grant: Standing, isStopped: boolean): string {
  if (isStopped && isUsable(grant)) return " is stopped for now";
  if (grant.endedAtMs !== undefined) return ": your use has ended";
  switch (grant.window.state) {
    case "agreed":
      return " opens to you by itself";
    case "open":
      return " is open to you";
    case "waiting":
      return " waits for its bound";
    case "closed":
      return " is closed";
  }
}

/** What stops new calls before the window does; undefined = there is budget left. What is reserved may come back. */
export function exhaustedText({ left, reserved }: Pick<GrantAnswer, "left" | "reserved">): string | undefined {
  const unit = (["requests", "tokens"] as const).find((each) => left[each] === 0);
  if (unit === undefined) return undefined;
  return reserved[unit] === 0 ? `no ${unit} left` : `no ${unit} left that are not reserved`;
}

/** Of a budget: what was charged without anybody's word of what was used. Undefined = nothing. */
export function unaccountedText({ requests, tokens }: GrantAnswer["unaccounted"]): string | undefined {
  if (requests === 0 && tokens === 0) return undefined;
  return `${countText(requests, "request")} and ${amountText(tokens)} tokens charged because a gateway was ended`;
}

/** What may leave the sandbox all the same. */
export function leavesText(outside: GrantAnswer["outside"]): string {
  return outside.length === 0 ? "nothing leaves the sandbox" : `${listText(outside.map(outsideText))} may leave the sandbox`;
}

/** Where a tool of the wire expects to be pointed at: its own address adds the rest. */
export function baseUrlOf(wire: ModelWire, gatewayUrl: string): string {
  const url = gatewayUrl.replace(/\/+$/, "");
  return wire === "openai" ? `${url}/v1` : url;
}

/** The settings of one's own tool, and nothing else of it. */
export function toolSettings(wire: ModelWire, gatewayUrl: string, token: string): readonly [baseUrl: string, key: string] {
  const name = wire === "openai" ? "OPENAI" : "ANTHROPIC";
  return [`export ${name}_BASE_URL=${baseUrlOf(wire, gatewayUrl)}`, `export ${name}_API_KEY=${token}`];
}

/** How a token stands; the first that is so counts. */
export function tokenShown(
  { revokedAtMs, isStopped, expiresAtMs }: Pick<ModelTokenAnswer, "revokedAtMs" | "isStopped" | "expiresAtMs">,
  { nowMs, isOver }: { readonly nowMs: number; readonly isOver: boolean },
): Shown {
  if (revokedAtMs !== undefined) return { kind: "blocked", word: "revoked" };
  if (expiresAtMs <= nowMs) return { kind: "refuted", word: "ended" };
  if (isOver) return { kind: "refuted", word: "ended with its grant" };
  return isStopped ? { kind: "due", word: "stopped" } : { kind: "in-force", word: "in force" };
}

/** Of all stops of a model, those of its whole use or of one organisation's that are in force. */
export function standingStops<Stop extends Pick<StopAnswer, "organisation" | "token" | "liftedAtMs">>(
  stops: readonly Stop[],
  organisation: string,
): readonly Stop[] {
  return stops.filter(
    ({ liftedAtMs, token, organisation: stopped }) =>
      liftedAtMs === undefined && token === undefined && (stopped === undefined || stopped.id === organisation),
  );
}

/** What a stop stops, for whoever uses. */
export function stoppedText({ organisation, token }: Pick<StopAnswer, "organisation" | "token">): string {
  if (token !== undefined) return "One of your tokens is stopped";
  return organisation === undefined ? "All use of the model is stopped" : "Your use is stopped";
}

/** What the lab learns of use, and what it has anyway. */
export const WHAT_THE_LAB_SEES =
  "The lab’s own endpoint receives every prompt. Here the lab sees counts, times, tokens and purposes, and no text.";
