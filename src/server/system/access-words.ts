import type { AccessRule } from "../../contract/endpoint.ts";

/** Who may call an endpoint, for readers. */
export function accessWords(rule: AccessRule): string {
  if (rule === "anyone") return "anyone";
  if (rule === "local-door") return "whoever owns the data directory, through the local door";
  if (rule === "gateway") return "a model gateway, through the local door or with its own credential";
  return rule === "signed-in" ? "every member, by session or token" : `members with the right ${rule}`;
}
