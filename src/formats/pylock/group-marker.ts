/**
 * Whether a marker holds only where one asks for a dependency group that is not installed by default: each of its alternatives names one, and none
 * names another. True only where that is certain; markers have no `not`, so brackets need not be read.
 */
export function isForGroupsOnly(marker: string, installed: ReadonlySet<string>): boolean {
  return withoutTexts(marker)
    .split(/\bor\b/)
    .every((alternative) => {
      const groups = [...alternative.matchAll(/"([^"]+)"\s+in\s+dependency_groups\b/g)].map(([, group = ""]) => group);
      return groups.length > 0 && !groups.some((group) => installed.has(group));
    });
}

/** Quotes of one kind, and no text between them but names of groups: `or` in another text is no word of the marker. */
function withoutTexts(marker: string): string {
  return marker.replace(/"([^"]*)"|'([^']*)'/g, (_, double: string | undefined, single: string | undefined) => {
    const text = double ?? single ?? "";
    return /^[A-Za-z0-9._-]+$/.test(text) && !/\bor\b/.test(text) ? `"${text}"` : '""';
  });
}
