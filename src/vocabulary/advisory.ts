/** One source's statement about a vulnerability, in Sluice's words. Times are RFC 3339 text as received; ids are case-sensitive. */
export type Advisory = {
  readonly id: string;
  readonly modified: string;
  readonly published: string | undefined;
  readonly withdrawn: string | undefined;
  /** Symmetric and transitive: other ids of the same vulnerability. */
  readonly aliases: readonly string[];
  /** Transitive, not symmetric: what this one is derived from. Never merged. */
  readonly upstream: readonly string[];
  /** Symmetric, not transitive. Never merged. */
  readonly related: readonly string[];
  readonly summary: string;
  readonly severities: readonly StatedSeverity[];
  readonly weaknesses: readonly string[];
  readonly affected: readonly AffectedPackage[];
  readonly references: readonly AdvisoryReference[];
  /** SPDX expression of the record's own licence, when it states one. */
  readonly license: string | undefined;
  /** Malware records (`MAL-`) are a kind of their own: the package itself is the attack. */
  readonly kind: AdvisoryKind;
};

export type AdvisoryKind = "vulnerability" | "malware";

/** A severity as stated: a CVSS vector, or another scale's word or number. */
export type StatedSeverity = {
  readonly type: string;
  readonly score: string;
  /** Set when it is stated for one package only. */
  readonly package: PackageName | undefined;
};

/** `ecosystem` is the OSV ecosystem with its suffix (`Debian:12`). */
export type PackageName = { readonly ecosystem: string; readonly name: string };

export type AdvisoryReference = { readonly type: string; readonly url: string };

/** One entry of `affected`: its ranges and its listed versions are independent ways to match. */
export type AffectedPackage = {
  readonly package: PackageName | undefined;
  readonly purl: string | undefined;
  readonly ranges: readonly AffectedRange[];
  readonly versions: readonly string[];
};

export type AffectedRange = {
  readonly type: "SEMVER" | "ECOSYSTEM" | "GIT" | (string & {});
  readonly repository: string | undefined;
  readonly events: readonly RangeEvent[];
};

export type RangeEventKind = "introduced" | "fixed" | "last_affected" | "limit";

export type RangeEvent = { readonly kind: RangeEventKind; readonly version: string };
