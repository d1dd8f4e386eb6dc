export type Skip = {
  readonly title: string;
  /** As the test gives it; empty when it gives none. */
  readonly reason: string;
  /** The test file, from the root. */
  readonly file: string;
};

/** A skip that is no failure. `title` is a regular expression on the test's title, `reason` the reason that the test gives. */
export type AllowedSkip = { readonly title: string; readonly reason: string; readonly because: string };

/** The skips that nobody has agreed to. */
export function unlistedSkips(skips: readonly Skip[], allowed: readonly AllowedSkip[]): readonly Skip[] {
  return skips.filter((skip) => !allowed.some(({ title, reason }) => reason === skip.reason && new RegExp(title, "u").test(skip.title)));
}
