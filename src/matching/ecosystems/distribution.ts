import { compareKeys } from "../versions/key-writer.ts";
import { encodeVersion } from "../versions/encode-version.ts";
import type { VersionScheme } from "../versions/version-scheme.ts";
import { encodePurlSegment } from "./purl-segment.ts";
import type { Ecosystem, ReleaseRules, SourcePackage, UpgradeStep } from "./ecosystem.ts";

/** What tells one distribution's packages from those of another with the same package format. */
export type DistributionParts = {
  readonly id: string;
  readonly scheme: VersionScheme;
  /** `type/namespace` pairs; the first is the one that OSV writes. */
  readonly purlTypes: readonly [string, ...string[]];
  /** Qualifiers of the purls that OSV writes, such as `arch=source`. */
  readonly purlQualifiers?: string;
  readonly releases?: ReleaseRules;
  readonly sourceFromPurl?: Ecosystem["sourceFromPurl"];
  readonly admits: Ecosystem["admits"];
  /** A name of the distribution's own form: no other is put on a command line. */
  readonly isName: (name: string) => boolean;
  /** For tools that do not fetch the lists of what there is by themselves. */
  readonly preparation?: string;
  readonly noteOn?: Ecosystem["noteOn"];
  /** `names`: the source package's, or all those that are installed of it, parted by spaces. */
  readonly upgrade: (names: string) => readonly string[];
  readonly remove: (names: string) => readonly string[];
  /** For tools that take a source package's name in another way: its words for it. Absent = a name is a name. */
  readonly ofSource?: (source: string) => string;
};

/** An ecosystem of packages that a distribution publishes for a whole system: no requirement of a project pins them, and a release has no prereleases. */
export function distribution(parts: DistributionParts): Ecosystem {
  const { id, scheme, purlTypes, purlQualifiers, releases, sourceFromPurl, admits, isName, upgrade, remove } = parts;
  const namesIn = ({ name, installed = [] }: Pick<UpgradeStep, "name" | "installed">): string | undefined => {
    // An architecture may stand behind a colon.
    if (installed.length > 0) return installed.every((each) => isName(each.replace(/:[a-z0-9-]+$/, ""))) ? installed.join(" ") : undefined;
    return isName(name) ? (parts.ofSource?.(name) ?? name) : undefined;
  };
  return {
    id,
    scheme,
    purlTypes,
    nameFromPurl: (_, name) => name,
    purlOf: (name) => `pkg:${purlTypes[0]}/${encodePurlSegment(name)}${purlQualifiers === undefined ? "" : `?${purlQualifiers}`}`,
    ...(sourceFromPurl === undefined ? {} : { sourceFromPurl }),
    ...(releases === undefined ? {} : { releases }),
    normaliseName: (name) => name,
    admits,
    isBreaking,
    isPrerelease: () => false,
    ...(parts.noteOn === undefined ? {} : { noteOn: parts.noteOn }),
    ...(parts.preparation === undefined ? {} : { preparation: parts.preparation }),
    commandsFor: (step) => {
      const names = namesIn(step);
      return names !== undefined && encodeVersion(step.version, scheme) instanceof Uint8Array ? upgrade(names) : [];
    },
    removalCommands: (package_) => {
      const names = namesIn(package_);
      return names === undefined ? [] : remove(names);
    },
    feedSize: undefined,
  };
}

/** The source package in `upstream=` (`util-linux`, or `util-linux@2.38-1` where the binary has a version of its own) or `source=`. */
export function debSource(qualifiers: Readonly<Record<string, string>>): SourcePackage | undefined {
  const stated = qualifiers["upstream"] ?? qualifiers["source"];
  const [, name, version] = /^([^@\s]+)(?:@(\S+))?$/.exec(stated ?? "") ?? [];
  return name === undefined ? undefined : { name, version };
}

/** Alpine's origin, in `upstream=` or `source=`; its version is the package's. */
export function apkSource(qualifiers: Readonly<Record<string, string>>): SourcePackage | undefined {
  const [, name] = /^([^@\s]+)(?:@\S+)?$/.exec(qualifiers["upstream"] ?? qualifiers["source"] ?? "") ?? [];
  return name === undefined ? undefined : { name, version: undefined };
}

/** The name in a source package's file, `openssl-3.0.7-6.el9.src.rpm`: neither its version nor its release has a hyphen. */
export function rpmSource(qualifiers: Readonly<Record<string, string>>): SourcePackage | undefined {
  const stated = qualifiers["upstream"] ?? qualifiers["source"] ?? "";
  const name = /^(\S+)-[^-\s]+-[^-\s]+\.(?:no)?src\.rpm$/.exec(stated)?.[1] ?? (/^[^@\s]+$/.test(stated) ? stated : undefined);
  return name === undefined ? undefined : { name, version: undefined };
}

/** Debian's relations: `>= 1.2`, `<< 2`. The old `<` and `>` meant `<=` and `>=`, and are not read. */
export function debAdmits(scheme: VersionScheme): Ecosystem["admits"] {
  return relationAdmits(
    scheme,
    new Map([
      ["<<", "<"],
      ["<=", "<="],
      ["=", "="],
      [">=", ">="],
      [">>", ">"],
    ] as const),
    (version) => version,
  );
}

/** rpm's relations: `>= 1.2`, `< 2-3`. Where the requirement has no release that of the version does not count. */
export function rpmAdmits(scheme: VersionScheme): Ecosystem["admits"] {
  return relationAdmits(scheme, COMPARISONS, (version, required) => (required.includes("-") ? version : version.replace(/-.*$/s, "")));
}

/** apk's relations: `>=1.2`, `<2-r3`, and `~1.2`, which any version admits that goes on behind it. */
export function apkAdmits(scheme: VersionScheme): Ecosystem["admits"] {
  const plain = relationAdmits(scheme, COMPARISONS, (version) => version);
  return (requirement, version) => {
    const prefix = /^\s*(?:~|=~|~=)\s*(\S+)\s*$/.exec(requirement)?.[1];
    if (prefix === undefined) return plain(requirement, version);
    const [required, key] = [encodeVersion(prefix, scheme), encodeVersion(version, scheme)];
    if (!(required instanceof Uint8Array) || !(key instanceof Uint8Array)) return undefined;
    // Every part of a key says where it ends, and the last byte is the end of the version.
    return required.subarray(0, -1).every((byte, index) => key[index] === byte);
  };
}

/** `'?installed?source-package(^openssl$)'`: apt's own pattern for what is installed of a source package. */
export function aptPattern(source: string): string {
  return `'?installed?source-package(^${source.replaceAll(/[+.]/g, String.raw`\$&`)}$)'`;
}

/** Each version of a kernel is a package of its own, which stays beside the newer one that a package without a version brings in. */
export const debNoteOn: NonNullable<Ecosystem["noteOn"]> = ({ installed = [] }) =>
  installed.some((name) => /^linux-image-\d/.test(name))
    ? "a kernel stays installed beside a newer one: restart into that, then take the old one out (apt-get autoremove --purge)"
    : undefined;

/** Debian Policy's form of a package's name, which apt and apk read as nothing else. */
export function isDebName(name: string): boolean {
  return /^[a-z0-9][a-z0-9+.-]*$/.test(name);
}

/** apk's form of a name. */
export function isApkName(name: string): boolean {
  return /^[A-Za-z0-9_][A-Za-z0-9+._-]*$/.test(name);
}

/** rpm's form of a name. */
export function isRpmName(name: string): boolean {
  return /^[A-Za-z0-9_][A-Za-z0-9+._-]*$/.test(name);
}

type Comparison = "<" | "<=" | "=" | ">=" | ">";

const COMPARISONS: ReadonlyMap<string, Comparison> = new Map([
  ["<", "<"],
  ["<=", "<="],
  ["=", "="],
  [">=", ">="],
  [">", ">"],
] as const);

function relationAdmits(
  scheme: VersionScheme,
  operators: ReadonlyMap<string, Comparison>,
  compared: (version: string, required: string) => string,
): Ecosystem["admits"] {
  return (requirement, version) => {
    const [, operator = "", required = ""] = /^\s*([<>=]+)\s*([^<>=\s]\S*)\s*$/.exec(requirement) ?? [];
    const comparison = operators.get(operator);
    if (comparison === undefined) return undefined;
    const [bound, key] = [encodeVersion(required, scheme), encodeVersion(compared(version, required), scheme)];
    if (!(bound instanceof Uint8Array) || !(key instanceof Uint8Array)) return undefined;
    const difference = compareKeys(key, bound);
    switch (comparison) {
      case "<":
        return difference < 0;
      case "<=":
        return difference <= 0;
      case "=":
        return difference === 0;
      case ">=":
        return difference >= 0;
      case ">":
        return difference > 0;
    }
  };
}

/** Fixes are ported back within a release: another epoch or another first number is another upstream series. */
function isBreaking(from: string, to: string): boolean {
  const [old, next] = [seriesOf(from), seriesOf(to)];
  return old === undefined || next === undefined || old !== next;
}

function seriesOf(version: string): string | undefined {
  const [, epoch = "", first] = /^\s*(?:0*(\d*):)?0*(\d+)/.exec(version) ?? [];
  return first === undefined ? undefined : `${epoch}:${first}`;
}
