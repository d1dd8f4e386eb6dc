import type { VersionScheme } from "../versions/version-scheme.ts";

/** What Sluice must know of one package ecosystem. Adding one is a folder beside this file and a line in `all.ts`. */
export type Ecosystem = {
  /** The OSV name without a release suffix. */
  readonly id: string;
  readonly scheme: VersionScheme;
  /** purl types, or `type/namespace` pairs, that name packages of this ecosystem. */
  readonly purlTypes: readonly string[];
  /** The ecosystem's full name from a purl's decoded namespace, name and subpath. */
  readonly nameFromPurl: (namespace: string | undefined, name: string, subpath: string | undefined) => string;
  /** The purl without version, exactly as OSV writes it (`pkg:npm/%40babel/core`); undefined where no purl type names these packages. */
  readonly purlOf: (name: string) => string | undefined;
  /**
   * The source package that a purl's qualifiers name, where the ecosystem's advisories are about source packages.
   * Its version only where it may be another than the package's own.
   */
  readonly sourceFromPurl?: (qualifiers: Readonly<Record<string, string>>) => SourcePackage | undefined;
  /** For what has releases whose packages are not one another's (`12` in `Debian:12`); absent = what follows the colon is taken as it stands. */
  readonly releases?: ReleaseRules;
  /** The name under which it is looked up; identity where case and punctuation matter. */
  readonly normaliseName: (name: string) => string;
  /** Whether a requirement as written admits `version`; undefined = it cannot be told. */
  readonly admits: (requirement: string, version: string) => boolean | undefined;
  /** True when going from one version to the other may break its users by the ecosystem's own rule. */
  readonly isBreaking: (from: string, to: string) => boolean;
  readonly isPrerelease: (version: string) => boolean;
  /** The commands that make a change, in order; empty when none is known. An edit that no command makes is a line `# FILE: what to write there`. */
  readonly commandsFor: (change: UpgradeStep) => readonly string[];
  /** A command to run once before those of all upgrades, such as fetching the lists of what there is; absent = none is needed. */
  readonly preparation?: string;
  /** The commands that take a package out, in order; empty when none is known. */
  readonly removalCommands: (package_: Pick<UpgradeStep, "name" | "direct" | "installed" | "tool" | "document">) => readonly string[];
  /** What to mind of a package whenever it is upgraded, in a reader's words; absent = nothing of any. */
  readonly noteOn?: (package_: Pick<UpgradeStep, "name" | "installed">) => string | undefined;
  /** Size of the public feed's archive when last looked at, to be said before a large download. */
  readonly feedSize: { readonly bytes: number; readonly seenOn: string } | undefined;
};

export type SourcePackage = { readonly name: string; readonly version: string | undefined };

export type ReleaseRules = {
  /** What stands behind the colon, in a reader's words; absent = "release". */
  readonly word?: "repository";
  /** The release in a purl's qualifiers, as OSV writes it behind the colon. */
  readonly fromPurl: (qualifiers: Readonly<Record<string, string>>) => string | undefined;
  /** Whether advisories of the release `stated` (`22.04:LTS`) are about the packages of the release `asked` (`22.04`). */
  readonly covers: (stated: string, asked: string) => boolean;
  /** What of a stated release has updates of its own, of which a machine follows one: where a question covers several, what hits is flagged. Absent = none has. */
  readonly streamOf?: (stated: string) => string;
  /** What is done for a package whose release nobody names: all advisories count and are flagged, or its versions cannot be compared. */
  readonly whenUnknown: "every-release" | "cannot-compare";
};

export type UpgradeStep = {
  readonly name: string;
  /** For a source package: the packages of it that are installed, by the names that a command takes; absent = the document does not say. */
  readonly installed?: readonly string[] | undefined;
  readonly version: string;
  /** True when any version above `version` is meant, and not that one. */
  readonly above: boolean;
  readonly direct: boolean | undefined;
  readonly development: boolean;
  /** True when something in the tree requires a range that does not admit it, or must be taken to: it may break and the ranges are not known. */
  readonly blocked: boolean;
  /** When `blocked`: names of those whose copies are meant, where others have copies that must stay as they are; absent = every copy. */
  readonly within?: readonly string[] | undefined;
  /** The program whose lockfile it is, by the name that its format gives; absent = not known: the ecosystem's usual one. */
  readonly tool?: string | undefined;
  /** The versions of it that are meant, where the document has others besides, or several; absent = there is one. */
  readonly from?: readonly string[] | undefined;
  /** The document's own name, without folders; absent = the name is not known. It is a stranger's text. */
  readonly document?: string | undefined;
  /** The file beside the document, by its path from it, that says the version; absent = the document does. Only for edits: it is a stranger's text. */
  readonly statedIn?: string | undefined;
};
