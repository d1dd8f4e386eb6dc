/** One advisory as far as grouping goes. */
export type GroupMember = { readonly id: string; readonly aliases: readonly string[]; readonly vulnerability: string | undefined };

/** What is already there of a vulnerability: the advisory it was first made for. */
export type KnownVulnerability = { readonly id: string; readonly foundedBy: string };

export type AliasGroup = {
  readonly id: string;
  readonly foundedBy: string;
  readonly members: readonly string[];
  /** Every id it goes by: members and the aliases they name. */
  readonly names: readonly string[];
};

export type Grouping = {
  readonly groups: readonly AliasGroup[];
  /** Vulnerability ids that live on in another one. */
  readonly redirects: readonly { readonly from: string; readonly to: string }[];
  /** Groups with too many members to be believed: their advisories stand alone. */
  readonly suspect: readonly { readonly members: readonly string[]; readonly names: number }[];
};

/** OSV.dev's own cap: a larger alias group is a mistake in somebody's data, and joining it would hide vulnerabilities in one another. */
export const MAX_GROUP_MEMBERS = 32;

/**
 * Joins advisories that are aliases of one another, directly or through ids that have no advisory here.
 * `members` must be closed: every advisory that shares an id, an alias or a vulnerability with one of them is among them.
 * An id stays with the advisory it was founded by; of several joined vulnerabilities the one founded by the smallest id stays, the others redirect to it.
 */
export function groupAliases(
  members: readonly GroupMember[],
  known: readonly KnownVulnerability[],
  surrogateOf: (advisoryId: string) => string,
): Grouping {
  const foundedBy = new Map(known.map((vulnerability) => [vulnerability.id, vulnerability.foundedBy]));
  const suspect: { members: readonly string[]; names: number }[] = [];
  const groups: AliasGroup[] = [];
  for (const component of connectedComponents(members)) {
    const names = new Set(component.flatMap((member) => [member.id, ...member.aliases]));
    if (component.length <= MAX_GROUP_MEMBERS) {
      groups.push(formGroup(component, names, foundedBy, surrogateOf));
      continue;
    }
    suspect.push({ members: component.map((member) => member.id).sort(), names: names.size });
    for (const member of component) groups.push(formGroup([member], new Set([member.id]), foundedBy, surrogateOf));
  }
  return { groups, redirects: redirectsTo(groups, members, foundedBy), suspect };
}

/** What was said of a vulnerability that is no more is looked for where the advisory went that it was founded by. */
function redirectsTo(
  groups: readonly AliasGroup[],
  members: readonly GroupMember[],
  foundedBy: ReadonlyMap<string, string>,
): Grouping["redirects"] {
  const living = new Set(groups.map((group) => group.id));
  const groupOf = new Map(groups.flatMap((group) => group.members.map((member): [string, string] => [member, group.id])));
  const before = new Set(members.flatMap((member) => member.vulnerability ?? []));
  return [...before].flatMap((from) => {
    const to = groupOf.get(foundedBy.get(from) ?? "");
    return living.has(from) || to === undefined ? [] : [{ from, to }];
  });
}

/**
 * The grouping in parts of about `size` groups that can be written one after the other. Groups that were one vulnerability before stay in one part:
 * in between, what is made from a vulnerability's advisories would be made from some that have left it.
 */
export function partsOf(grouping: Grouping, members: readonly GroupMember[], size: number): readonly Grouping[] {
  const before = new Map(members.map((member) => [member.id, member.vulnerability]));
  const joined = joinNamed(grouping.groups.map((group) => group.members.flatMap((member) => before.get(member) ?? [])));
  const parts: AliasGroup[][] = [];
  for (const indexes of joined) {
    const last = parts.at(-1);
    const groups = indexes.flatMap((index) => grouping.groups[index] ?? []);
    if (last === undefined || last.length + groups.length > size) parts.push(groups);
    else last.push(...groups);
  }
  return parts.map((groups) => {
    const heirs = new Set(groups.map((group) => group.id));
    const here = new Set(groups.flatMap((group) => group.members));
    return {
      groups,
      redirects: grouping.redirects.filter(({ to }) => heirs.has(to)),
      suspect: grouping.suspect.filter((claim) => here.has(claim.members[0] ?? "")),
    };
  });
}

function formGroup(
  part: readonly GroupMember[],
  names: ReadonlySet<string>,
  foundedBy: ReadonlyMap<string, string>,
  surrogateOf: (advisoryId: string) => string,
): AliasGroup {
  const members = part.map((member) => member.id).sort();
  const here = new Set(members);
  const founders = part.flatMap((member) => {
    const founder = member.vulnerability === undefined ? undefined : foundedBy.get(member.vulnerability);
    return founder !== undefined && here.has(founder) ? [founder] : [];
  });
  const founder = founders.toSorted()[0] ?? members[0] ?? "";
  return { id: surrogateOf(founder), foundedBy: founder, members, names: [...names].sort() };
}

function connectedComponents(members: readonly GroupMember[]): readonly (readonly GroupMember[])[] {
  const joined = joinNamed(members.map(({ id, aliases }) => [id, ...aliases]));
  return joined.map((indexes) => indexes.flatMap((index) => members[index] ?? []));
}

/** Indexes of the lists that share a name, directly or through others; in the order of their first. */
function joinNamed(lists: readonly (readonly string[])[]): readonly (readonly number[])[] {
  const parent = lists.map((_, index) => index);
  const rootOf = (index: number): number => {
    let root = index;
    for (let up = parent[root] ?? root; up !== root; up = parent[root] ?? root) {
      // Each step halves the way for the next who comes by.
      parent[root] = parent[up] ?? up;
      root = up;
    }
    return root;
  };
  const firstWith = new Map<string, number>();
  for (const [index, names] of lists.entries()) {
    for (const name of names) {
      const [a, b] = [rootOf(firstWith.get(name) ?? index), rootOf(index)];
      firstWith.set(name, a);
      parent[Math.max(a, b)] = Math.min(a, b);
    }
  }
  return [...Map.groupBy(lists.keys(), rootOf).values()];
}
