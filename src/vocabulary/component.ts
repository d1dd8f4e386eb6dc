import type { Problem } from "./problem.ts";

/**
 * A package at a version, as a document names it.
 * `ecosystem` is the OSV ecosystem (`npm`, `Debian:12`), or undefined when the document's package type has none.
 */
export type Component = {
  /** Unique within its inventory: a bom-ref, an SPDXID or a lockfile path. */
  readonly ref: string;
  readonly ecosystem: string | undefined;
  /** The document's own word for the kind of package, for display when there is no ecosystem: a purl type, or `unknown`. */
  readonly packageType: string;
  /** The ecosystem's full name, scope or group included: `@babel/core`. */
  readonly name: string;
  readonly version: string | undefined;
  readonly purl: string | undefined;
  /** Where advisories go by source packages: whether the document names this one's. Absent = there is no question, and `name` is what advisories call it. */
  readonly source?: "stated" | "unstated";
  /** The name under which it is installed, where `name` is its source package: what a command has to say. Absent = `name`. */
  readonly installedAs?: string;
  /** Where in the document it stands: `node_modules/lodash`, `components[3]`. */
  readonly place: string;
  /** True when the document says that it is used in development or tests only. */
  readonly development: boolean;
  /** Where a file beside the document says its version, or says it at all: the path of that file from the document. Absent = the document does. */
  readonly statedIn?: string;
};

/** An edge of the dependency graph; `range` is the requirement as written (`^4.17.0`), when the document has it. */
export type Dependency = { readonly ref: string; readonly range: string | undefined };

/** The components of one document, with what the document says of how they depend on one another. */
export type Inventory = {
  /** Format id and version, for people: `package-lock 3`, `CycloneDX 1.5`, `SPDX 2.3`. */
  readonly format: string;
  /** Whose lockfile it is, by a name that the how-to on formats lists (`pnpm`), so that commands are in its words; absent = no tool's own. */
  readonly tool?: string | undefined;
  /** What the document describes, when it says so. */
  readonly root: { readonly name: string; readonly version: string | undefined } | undefined;
  readonly components: readonly Component[];
  /** From each ref to what it needs directly. The root's own needs stand under the empty ref `""`. Absent = the document does not say. */
  readonly dependencies: ReadonlyMap<string, readonly Dependency[]>;
  /** True for a list of installed packages of which nobody said what distribution and release they are of: none of them can be looked up. */
  readonly lacksRelease?: true;
  /** Entries that were left out, each with its place and reason. */
  readonly problems: readonly Problem[];
};
