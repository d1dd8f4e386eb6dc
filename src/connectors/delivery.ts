/**
 * How one attempt to deliver something ended. `delayed`: the same may be tried again later. `refused`: the other side, or a rule
 * of ours, says that another try would end alike.
 */
export type Delivery =
  | { readonly kind: "delivered" }
  | { readonly kind: "delayed"; readonly reason: string }
  | { readonly kind: "refused"; readonly reason: string };

const MAX_REASON = 300;

/** One line of what an outside system said: bounded, and without control characters. */
export function reasonLine(text: string): string {
  // oxlint-disable-next-line no-control-regex -- control characters are what is taken out
  const line = text.replaceAll(/[\u0000-\u001f\u007f-\u009f\u2028\u2029]+/g, " ").trim();
  return line.length > MAX_REASON ? `${line.slice(0, MAX_REASON)}…` : line;
}
