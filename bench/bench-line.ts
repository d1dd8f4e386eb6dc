/** The answer to one question: what was measured, beside what, and whether the bar holds. */
export type BenchLine = {
  readonly question: string;
  readonly ours: number;
  readonly unit: Unit;
  /** Another program that does the same in the same run, or `limit`. */
  readonly peer: string;
  readonly peerValue: number;
  /** The peer's figure over ours: 2 = ours is half of it. */
  readonly ratio: number;
  /** In words, such as `≤ 50 ms`; none = told for comparison only. */
  readonly bar: string;
  readonly holds: boolean;
};

export type Unit = "µs" | "ms" | "s" | "MB";

/** A question with an upper limit, which is then the peer. */
export function withinLimit(question: string, ours: number, limit: number, unit: Unit): BenchLine {
  return { question, ours, unit, peer: "limit", peerValue: limit, ratio: limit / ours, bar: `≤ ${limit} ${unit}`, holds: ours <= limit };
}

export type Peer = { readonly name: string; readonly value: number };

/** A question that another program answers too; the bar is how many times faster ours must be, 0 = none. */
export function besidePeer(question: string, ours: number, unit: Unit, peer: Peer, timesFaster = 0): BenchLine {
  const ratio = peer.value / ours;
  const bar = timesFaster === 0 ? "none" : `≥ ${timesFaster}×`;
  return { question, ours, unit, peer: peer.name, peerValue: peer.value, ratio, bar, holds: ratio >= timesFaster };
}

export function lineText({ question, ours, unit, peer, peerValue, ratio, bar, holds }: BenchLine): string {
  const verdict = bar === "none" ? "" : holds ? "holds" : "DOES NOT HOLD";
  return [
    question.padEnd(62),
    `${figure(ours)} ${unit}`.padStart(11),
    `${peer} ${figure(peerValue)} ${unit}`.padStart(36),
    `${figure(ratio)}×`.padStart(8),
    bar.padStart(10),
    verdict,
  ]
    .join("  ")
    .trimEnd();
}

function figure(value: number): string {
  if (value >= 100) return value.toFixed(0);
  return value >= 10 ? value.toFixed(1) : value.toPrecision(2);
}
