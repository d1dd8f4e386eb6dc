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
  const parent = new Map<string, string>();
  const rootOf = (id: string): string => {
    let root = id;
    for (let up = parent.get(root); up !== undefined && up !== root; up = parent.get(root)) root = up;
    for (let at = id; at !== root;) {
      const up = parent.get(at) ?? root;
      parent.set(at, root);
      at = up;
    }
    return root;
  };
  for (const { id, aliases } of members) {
    for (const alias of aliases) {
      const [a, b] = [rootOf(id), rootOf(alias)];
      if (a !== b) parent.set(a < b ? b : a, a < b ? a : b);
    }
  }
  const components = new Map<string, GroupMember[]>();
  for (const member of members) {
    const root = rootOf(member.id);
    const component = components.get(root);
    if (component === undefined) components.set(root, [member]);
    else component.push(member);
  }
  return [...components.values()];
}
