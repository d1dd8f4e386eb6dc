/** The first number of a lockfile's version: 5 until pnpm 7, 6 with pnpm 8, 9 since. */
export type LockfileMajor = 5 | 6 | 9;

/** A key of `packages` without the peers it was resolved with, so that every variant of a package has the same. */
export function withoutPeers(path: string, major: LockfileMajor): string {
  if (major === 5) return path.replace(/^(.*\/\d+\.\d+\.\d+[^_/]*)_.*$/s, "$1");
  let end = path.length;
  while (end > 0 && path[end - 1] === ")") {
    const start = startOfGroup(path, end);
    if (start <= 0) break;
    end = start;
  }
  return path.slice(0, end);
}

/** Where the bracket opens that the last character before `end` closes; -1 if nowhere. */
function startOfGroup(path: string, end: number): number {
  let depth = 0;
  for (let at = end - 1; at >= 0; at--) {
    if (path[at] === ")") depth++;
    else if (path[at] === "(" && --depth === 0) return at;
  }
  return -1;
}

/** What a key says by itself; without a version where it names an address or a file. */
export type NamedByPath = { readonly name: string; readonly version: string | undefined };

const NAME_AND_VERSION: Readonly<Record<LockfileMajor, RegExp>> = {
  // Before the name stands the registry's host, or nothing for the usual one.
  5: /^[^/@:]*\/((?:@[^/@]+\/)?[^/@]+)\/([^/]+)$/,
  6: /^[^/@:]*\/((?:@[^/@]+\/)?[^/@]+)@([^/]+)$/,
  9: /^((?:@[^/@]+\/)?[^/@]+)@(.+)$/s,
};

/** Reads a key without peers; undefined for one that names no package, such as `file:local` and `github.com/owner/name/0123abc`. */
export function parseDependencyPath(path: string, major: LockfileMajor): NamedByPath | undefined {
  const [, name, version] = NAME_AND_VERSION[major].exec(path) ?? [];
  if (name === undefined || version === undefined) return undefined;
  if (major !== 9 && !/^\d/.test(version)) return undefined;
  return { name, version: /[:/]/.test(version) ? undefined : version };
}

/** The keys that a resolved dependency may stand for, as they would be written: by its own name, or in full. */
export function candidatePaths(name: string, resolved: string, major: LockfileMajor): readonly string[] {
  switch (major) {
    case 5:
      return [`/${name}/${resolved}`, resolved];
    case 6:
      return [`/${name}@${resolved}`, resolved];
    case 9:
      return [`${name}@${resolved}`, resolved];
  }
}

/** What leads out of the lockfile: to a directory beside the project, or one of its workspaces. */
export function isLink(resolved: string): boolean {
  return resolved.startsWith("link:");
}
