/** Where an exchange stands in a grant's segments at one gateway, from the block of its first frame to that of its last. */
export type ExchangePlace = {
  readonly sequence: number;
  readonly offset: number;
  readonly block: number;
  /** The segment in which it ends. */
  readonly endSequence: number;
};

/** As one word: `12-40960-77-12`. */
export function toPlaceText({ sequence, offset, block, endSequence }: ExchangePlace): string {
  return [sequence, offset, block, endSequence].join("-");
}

export function parsePlaceText(text: string): ExchangePlace | undefined {
  const [sequence, offset, block, endSequence] = /^(?:\d{1,15}-){3}\d{1,15}$/.test(text) ? text.split("-").map(Number) : [];
  if (sequence === undefined || offset === undefined || block === undefined || endSequence === undefined) return undefined;
  return { sequence, offset, block, endSequence };
}
