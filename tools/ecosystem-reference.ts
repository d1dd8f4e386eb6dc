import { allEcosystems, ecosystemOf } from "../src/matching/ecosystems/ecosystem-of.ts";
import type { Ecosystem } from "../src/matching/ecosystems/ecosystem.ts";
import { baseEcosystemNames, purlMappings } from "../src/matching/ecosystems/osv-ecosystems.ts";
import { exactOnlyEcosystems, whyWithoutOrder } from "../src/matching/ecosystems/without-order.ts";
import { rebuilders } from "../src/matching/rebuilds/rebuilds.ts";

/**
 * What the tests of each order compare it with; `read again` = a second reading of the rules, where the ecosystem's own program cannot be asked.
 * An order that does not stand here is sent to its README.
 */
const HELD_AGAINST: Readonly<Record<string, string>> = {
  apk3: "read again: the grammar of apk-tools 3",
  bitnami: "read again: the rules of Bitnami's versions",
  composer: "composer/semver 3.3 on PHP",
  cran: "R 4.2: `compareVersion`, `numeric_version`",
  dpkg: "libapt 2.6 and dpkg 1.21",
  gem: "`Gem::Version` of Ruby 3.1",
  go: "npm's `semver`; Go's `go/version` for releases of Go",
  julia: "read again: the rules of Julia's `VersionNumber`",
  maven39: "`ComparableVersion` of Maven 3.8, whose rules are those of 3.9",
  nuget: "read again: the rules of NuGet.Versioning",
  pep440: "`packaging`, and for the old form its `LegacyVersion`",
  pub: "read again: the rules of `pub_semver`",
  pvp: "`Data.Version` of GHC 9.0",
  rpm: "rpm 4.18",
  semver: "npm's `semver`",
};

/** Names and versions of the forms that some ecosystem takes, to learn whether it has commands at all. */
const NAMES = ["name", "namespace/name", "group:name", "example.org/name", "github.com/owner/name", "Owner.Name"];
const VERSIONS = ["1.2.3", "v1.2.3", "1.2.3-1", "1.2.3-r1"];

/** docs/reference/ecosystems.md: one row for each ecosystem of OSV. */
export function ecosystemReference(): string {
  const counts = { ordered: allEcosystems.length, exact: exactOnlyEcosystems.size, all: baseEcosystemNames.length };
  return `# Ecosystems

Made from \`src/matching/\` by \`npm run generate\`; not edited by hand. OSV names ${counts.all} ecosystems. ${counts.ordered} have a version order of their own here, ${rebuilders.length} names are of
vendors that publish other ecosystems' packages anew, and ${counts.exact} are matched by exact versions only.

| ecosystem | order | held against | what follows the colon | names are of | purl types | commands |
|---|---|---|---|---|---|---|
${baseEcosystemNames.toSorted(byName).map(row).join("\n")}
| \`GIT\` | exact commits only | | | repositories | | no |

**Order**: the id of the version order, as \`sluice scan --why\` names it; \`sluice versions --ecosystem NAME A B\` asks it. *Exact versions only*: an advisory meets the versions that it
lists, by their text. A range says nothing, and whatever is not listed "cannot be compared". It is never "not affected".

**Held against**: the program that the order's tests ask, on 50,000 pairs of versions in soak. *Read again*: the ecosystem's own program cannot be asked where the tests run,
and the rules are written a second time in the test, without keys. What is left out of the comparison stands in the README beside the order.

**What follows the colon**: *release* = its packages are no other release's; then what is done for a package of which nobody names the release. *As it stands* = the name with its
suffix is looked up as it is written.

**Names are of** *source packages*: advisories go by what a package is built from, which a purl says in \`upstream=\` or \`source=\`.

**Commands**: whether the plan says what to type. A command is given only for names and versions of the ecosystem's own form.

## Exact versions only

${[...exactOnlyEcosystems.keys()].map((name) => `- ${sentence(whyWithoutOrder(name))}`).join("\n")}

## Commits

A range of type \`GIT\` is over commits, and which of them lie between two others only the repository's history tells. Sluice does not have it. Of such a range it takes
the commits that are affected by their own names, \`introduced\` and \`last_affected\`, and finds them by their whole hash: as \`commit\` of the OSV API, as the version of a component, and under the
ecosystem \`GIT\` with the repository as the package. Of every other commit it "cannot say". A version asked against an advisory that states commits only "cannot be compared".
`;
}

function row(name: string): string {
  const ecosystem = ecosystemOf(name);
  const rebuilder = rebuilders.find(({ id }) => id === name);
  const rebuilt =
    rebuilder === undefined
      ? undefined
      : `its order${rebuilder.mark === undefined ? "" : ", and the vendor's patch number"}: ${of(rebuilder.of)}`;
  if (ecosystem === undefined) {
    const order = rebuilt === undefined ? "exact versions only" : "that of the ecosystem behind the colon";
    return cells([`\`${name}\``, order, "", rebuilt ?? "as it stands", "", purlTypesOf(name).join(", "), "no"]);
  }
  return cells([
    `\`${name}\``,
    `\`${ecosystem.scheme.id}\``,
    HELD_AGAINST[ecosystem.scheme.id] ?? "see its README",
    rebuilt === undefined ? suffixRule(ecosystem) : `an ecosystem, with ${rebuilt}`,
    ecosystem.sourceFromPurl === undefined ? "packages" : "source packages",
    purlTypesOf(name).join(", "),
    hasCommands(ecosystem) ? "yes" : "no",
  ]);
}

function suffixRule({ releases }: Ecosystem): string {
  if (releases === undefined) return "as it stands";
  return `${releases.word ?? "release"}; unnamed: ${releases.whenUnknown === "every-release" ? "advisories of all count, flagged" : "cannot compare"}`;
}

function of(names: readonly string[] | undefined): string {
  return names === undefined ? "any ecosystem with an order" : names.map((name) => `\`${name}\``).join(", ");
}

/** Those that its adapter claims, or that are its by OSV's own table. */
function purlTypesOf(name: string): readonly string[] {
  const mapped = [...purlMappings].flatMap(([type, { ecosystem }]) => (ecosystem === name ? [type] : []));
  return [...new Set([...(allEcosystems.find(({ id }) => id === name)?.purlTypes ?? []), ...mapped])].map((type) => `\`${type}\``);
}

function hasCommands(ecosystem: Ecosystem): boolean {
  return NAMES.some((name) =>
    VERSIONS.some(
      (version) => ecosystem.commandsFor({ name, version, above: false, direct: true, development: false, blocked: false }).length > 0,
    ),
  );
}

function cells(texts: readonly string[]): string {
  return `| ${texts.map((text) => text.replaceAll("|", String.raw`\|`)).join(" | ")} |`;
}

function sentence(text: string): string {
  return `${text.charAt(0).toUpperCase()}${text.slice(1)}.`;
}

function byName(a: string, b: string): number {
  const [lowerA, lowerB] = [a.toLowerCase(), b.toLowerCase()];
  return lowerA < lowerB ? -1 : lowerA > lowerB ? 1 : 0;
}
