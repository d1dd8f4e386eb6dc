/** A version as these ranges write theirs, to show how one is asked about: where the first range ends, or a listed version. */
export function exampleVersion(intervals: readonly string[]): string | undefined {
  for (const text of intervals) {
    const version = /^=(.+)$/.exec(text)?.[1] ?? /, (.+)[)\]]$/.exec(text)?.[1];
    if (version !== undefined && version !== "∞" && version !== "") return version;
  }
  return undefined;
}
