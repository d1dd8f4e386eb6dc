import assert from "node:assert/strict";
import { test } from "node:test";
import { seededRandom } from "../../../tests/support/seeded-random.ts";
import { type AliasGroup, groupAliases, type GroupMember, type KnownVulnerability, MAX_GROUP_MEMBERS, partsOf } from "./alias-groups.ts";

const surrogateOf = (advisory: string): string => `V-${advisory}`;
const known = (...founders: readonly string[]): readonly KnownVulnerability[] =>
  founders.map((foundedBy) => ({ id: surrogateOf(foundedBy), foundedBy }));

function member(text: string): GroupMember {
  const [id = "", aliases = "", founder = ""] = text.split(/ ?[=@] ?/);
  return { id, aliases: aliases === "" ? [] : aliases.split(" "), vulnerability: founder === "" ? undefined : surrogateOf(founder) };
}

/** `a b: names` of each group, in order. */
function summary(groups: readonly AliasGroup[]): readonly string[] {
  return groups.map((group) => `${group.id}: ${group.members.join(" ")} (${group.names.join(" ")})`).toSorted();
}

test("advisories are joined by any id that they share, in either direction and over ids that have no advisory", () => {
  const cases: readonly (readonly [string, readonly string[], readonly string[]])[] = [
    ["nothing to join", ["a", "b"], ["V-a: a (a)", "V-b: b (b)"]],
    ["one names the other", ["a = b", "b"], ["V-a: a b (a b)"]],
    ["the later names the earlier", ["a", "b = a"], ["V-a: a b (a b)"]],
    ["both name an id without an advisory", ["a = CVE-1", "b = CVE-1"], ["V-a: a b (CVE-1 a b)"]],
    ["a chain", ["a = x", "b = x y", "c = y z", "d = z"], ["V-a: a b c d (a b c d x y z)"]],
    ["an advisory that names itself", ["a = a"], ["V-a: a (a)"]],
  ];
  for (const [title, members, expected] of cases) {
    const { groups, redirects, suspect } = groupAliases(members.map(member), [], surrogateOf);
    assert.deepEqual([summary(groups), redirects, suspect], [expected, [], []], title);
  }
});

test("an id stays with the advisory it was founded by, and what was merged away redirects to where its founder went", () => {
  const cases: readonly (readonly [string, readonly string[], readonly KnownVulnerability[], readonly string[], readonly string[]])[] = [
    ["nothing changed", ["b = x @ b", "c = x @ b"], known("b"), ["V-b: b c (b c x)"], []],
    ["an earlier id joins later", ["a = x", "b = x @ b"], known("b"), ["V-b: a b (a b x)"], []],
    ["two vulnerabilities become one", ["a = x @ a", "b = x @ b"], known("a", "b"), ["V-a: a b (a b x)"], ["V-b > V-a"]],
    ["one splits", ["a = @ a", "b = @ a"], known("a"), ["V-a: a (a)", "V-b: b (b)"], []],
    ["one splits and the founder keeps its name", ["a = @ b", "b = @ b"], known("b"), ["V-a: a (a)", "V-b: b (b)"], []],
    [
      "one splits while its founder joins another",
      ["b = x @ b", "c = x @ c", "d = y @ c", "e = y @ c"],
      known("b", "c"),
      ["V-b: b c (b c x)", "V-d: d e (d e y)"],
      ["V-c > V-b"],
    ],
  ];
  for (const [title, texts, before, expected, redirected] of cases) {
    for (const members of [texts, texts.toReversed()]) {
      const { groups, redirects } = groupAliases(members.map(member), before, surrogateOf);
      assert.deepEqual(summary(groups), expected, title);
      assert.deepEqual(
        redirects.map(({ from, to }) => `${from} > ${to}`),
        redirected,
        title,
      );
    }
  }
});

test("a group too large to be believed is not joined: its advisories stand alone, without the id that joined them", () => {
  const members = (count: number): GroupMember[] =>
    Array.from({ length: count }, (_, at) => member(`a${String(at).padStart(3, "0")} = CVE-1`));
  const largest = groupAliases(members(MAX_GROUP_MEMBERS), [], surrogateOf);
  assert.deepEqual([largest.groups.length, largest.suspect], [1, []]);

  const tooLarge = groupAliases([...members(MAX_GROUP_MEMBERS + 1).toReversed(), member("other = CVE-2")], [], surrogateOf);
  assert.equal(tooLarge.groups.length, MAX_GROUP_MEMBERS + 2);
  for (const group of tooLarge.groups) assert.equal(group.members.length, 1);
  assert.deepEqual(tooLarge.groups.find((group) => group.id === "V-a000")?.names, ["a000"]);
  assert.deepEqual(tooLarge.groups.find((group) => group.id === "V-other")?.names, ["CVE-2", "other"]);
  assert.deepEqual(
    tooLarge.suspect.map(({ members: claimed, names }) => [claimed.length, claimed[0], names]),
    [[MAX_GROUP_MEMBERS + 1, "a000", MAX_GROUP_MEMBERS + 2]],
  );
});

test("when a group becomes too large its vulnerability stays with its founder", () => {
  const members = Array.from({ length: MAX_GROUP_MEMBERS + 1 }, (_, at) => member(`a${at} = CVE-1 @ ${at < 5 ? "a3" : ""}`));
  const { groups, redirects } = groupAliases(members, known("a3"), surrogateOf);
  assert.deepEqual(groups.find((group) => group.id === "V-a3")?.members, ["a3"]);
  assert.deepEqual(redirects, []);
});

test("random aliases: groups are the connected parts, whatever the order in which advisories are read", () => {
  const random = seededRandom(20260822);
  for (let round = 0; round < 200; round++) {
    const ids = Array.from({ length: 1 + random.below(20) }, (_, at) => `a${at}`);
    const members = ids.map((id) => ({
      id,
      aliases: [
        ...new Set(
          Array.from({ length: random.below(3) }, () => (random.below(2) === 0 ? `x${random.below(12)}` : `a${random.below(25)}`)),
        ),
      ],
      vulnerability: undefined,
    }));
    const { groups } = groupAliases(members, [], surrogateOf);
    assert.deepEqual(summary(groups), connectedParts(members), `seed round ${round}`);
    assert.deepEqual(summary(groupAliases(members.toReversed(), [], surrogateOf).groups), summary(groups), `seed round ${round}`);
  }
});

test("whatever joins and splits, every advisory is in one group, ids are given once, and every id that ends leads to a living one", () => {
  const random = seededRandom(7);
  let members: GroupMember[] = Array.from({ length: 12 }, (_, at) => ({ id: `a${at}`, aliases: [], vulnerability: undefined }));
  let before: readonly KnownVulnerability[] = [];
  for (let round = 0; round < 300; round++) {
    members = members.map((one) =>
      random.below(4) === 0 ? { ...one, aliases: random.below(2) === 0 ? [] : [`x${random.below(6)}`, `a${random.below(12)}`] } : one,
    );
    const { groups, redirects } = groupAliases(members, before, surrogateOf);
    const living = new Set(groups.map((group) => group.id));
    assert.equal(living.size, groups.length);
    assert.deepEqual(groups.flatMap((group) => group.members).toSorted(), members.map((one) => one.id).toSorted());
    for (const group of groups) assert.ok(group.members.includes(group.foundedBy), `${group.id} is without its founder`);
    const ended = before.filter(({ id }) => !living.has(id)).map(({ id }) => id);
    assert.deepEqual(redirects.map(({ from }) => from).toSorted(), ended.toSorted());
    for (const { to } of redirects) assert.ok(living.has(to));
    const groupOf = new Map(groups.flatMap((group) => group.members.map((id): [string, string] => [id, group.id])));
    members = members.map((one) => ({ ...one, vulnerability: groupOf.get(one.id) }));
    before = groups.map(({ id, foundedBy }) => ({ id, foundedBy }));
  }
});

test("parts hold whole groups, keep together what was one vulnerability before, and lose nothing", () => {
  const members = ["a = x @ a", "b = @ a", "c = @ c", "d = y @ d", "e = y @ e", "f = @ e"].map(member);
  const grouping = groupAliases(members, known("a", "c", "d", "e"), surrogateOf);
  const parts = partsOf(grouping, members, 1);
  assert.deepEqual(
    parts.map((part) => part.groups.map((group) => group.members.join(" "))),
    [["a", "b"], ["c"], ["d e", "f"]],
  );
  assert.deepEqual(parts[2]?.redirects, [{ from: "V-e", to: "V-d" }]);
  assert.deepEqual(partsOf(grouping, members, 100), [grouping]);

  const crowd = Array.from({ length: MAX_GROUP_MEMBERS + 1 }, (_, at) => member(`a${at + 10} = CVE-1`));
  const claimed = partsOf(groupAliases(crowd, [], surrogateOf), crowd, 10);
  assert.equal(claimed.length, 4);
  assert.deepEqual(
    claimed.flatMap((part) => part.suspect.map(({ members: ids }) => ids[0])),
    ["a10"],
  );
});

/** By growing each part until nothing more touches it. */
function connectedParts(members: readonly GroupMember[]): readonly string[] {
  const left = new Set(members);
  const parts: string[] = [];
  for (const first of members) {
    if (!left.delete(first)) continue;
    const part = [first];
    const names = new Set([first.id, ...first.aliases]);
    for (let grew = true; grew;) {
      grew = false;
      for (const other of left) {
        if (![other.id, ...other.aliases].some((name) => names.has(name))) continue;
        left.delete(other);
        part.push(other);
        for (const name of [other.id, ...other.aliases]) names.add(name);
        grew = true;
      }
    }
    const ids = part.map((one) => one.id).toSorted();
    parts.push(`${surrogateOf(ids[0] ?? "")}: ${ids.join(" ")} (${[...names].toSorted().join(" ")})`);
  }
  return parts.toSorted();
}
