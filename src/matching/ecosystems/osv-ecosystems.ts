import { alpineRelease, debianRelease, distro, majorRelease, ubuntuRelease } from "./distro-release.ts";

/** Every ecosystem name of OSV schema 1.7.5, without release suffixes. `GIT` is a kind of range, not an ecosystem. */
export const baseEcosystemNames = [
  "AlmaLinux",
  "Alpaquita",
  "Alpine",
  "Android",
  "Azure Linux",
  "BellSoft Hardened Containers",
  "Bioconductor",
  "Bitnami",
  "CRAN",
  "Chainguard",
  "CleanStart",
  "ConanCenter",
  "Debian",
  "Docker Hardened Images",
  "Echo",
  "FreeBSD",
  "GHC",
  "GitHub Actions",
  "Go",
  "Hackage",
  "Hex",
  "Julia",
  "Kubernetes",
  "Linux",
  "Mageia",
  "Maven",
  "MinimOS",
  "NuGet",
  "OSS-Fuzz",
  "Packagist",
  "Photon OS",
  "Pub",
  "PyPI",
  "Red Hat",
  "Rocky Linux",
  "Root",
  "RubyGems",
  "SUSE",
  "SwiftURL",
  "TuxCare",
  "Ubuntu",
  "VSCode",
  "Wolfi",
  "crates.io",
  "npm",
  "openEuler",
  "openSUSE",
  "opam",
] as const satisfies readonly string[];

export type BaseEcosystemName = (typeof baseEcosystemNames)[number];

/** How an OSV name is put together from a purl's parts. */
export type PurlNameForm = "name" | "namespace/name" | "namespace:name" | "namespace/name/subpath";

/** What a purl type, or a `type/namespace` pair, is in OSV. */
export type PurlMapping = {
  readonly ecosystem: BaseEcosystemName;
  readonly name: PurlNameForm;
  /** The ecosystem's suffix, from the qualifiers; undefined = none. */
  readonly release?: (qualifiers: Readonly<Record<string, string>>) => string | undefined;
};

/** Keyed by `type/namespace` where the namespace decides, otherwise by type. */
export const purlMappings: ReadonlyMap<string, PurlMapping> = new Map<string, PurlMapping>([
  ["npm", { ecosystem: "npm", name: "namespace/name" }],
  ["hex", { ecosystem: "Hex", name: "namespace/name" }],
  ["swift", { ecosystem: "SwiftURL", name: "namespace/name" }],
  ["golang", { ecosystem: "Go", name: "namespace/name/subpath" }],
  ["maven", { ecosystem: "Maven", name: "namespace:name" }],
  ["gradle", { ecosystem: "Maven", name: "namespace:name" }],
  ["composer", { ecosystem: "Packagist", name: "namespace/name", release: (qualifiers) => qualifiers["repository_url"] }],
  ["cargo", { ecosystem: "crates.io", name: "name" }],
  ["gem", { ecosystem: "RubyGems", name: "name" }],
  ["nuget", { ecosystem: "NuGet", name: "name" }],
  ["pypi", { ecosystem: "PyPI", name: "name" }],
  ["pub", { ecosystem: "Pub", name: "name" }],
  ["hackage", { ecosystem: "Hackage", name: "name" }],
  ["cran", { ecosystem: "CRAN", name: "name" }],
  ["julia", { ecosystem: "Julia", name: "name" }],
  ["opam", { ecosystem: "opam", name: "name" }],
  ["bitnami", { ecosystem: "Bitnami", name: "name" }],
  ["conan", { ecosystem: "ConanCenter", name: "name" }],
  ["vscode-extension", { ecosystem: "VSCode", name: "namespace/name", release: (qualifiers) => qualifiers["repository_url"] }],
  ["generic", { ecosystem: "OSS-Fuzz", name: "name" }],
  ["dhi", { ecosystem: "Docker Hardened Images", name: "name" }],
  ["apk/dhi", { ecosystem: "Docker Hardened Images", name: "name" }],
  ["deb/dhi", { ecosystem: "Docker Hardened Images", name: "name" }],
  ["deb/debian", { ecosystem: "Debian", name: "name", release: debianRelease }],
  ["deb/ubuntu", { ecosystem: "Ubuntu", name: "name", release: ubuntuRelease }],
  ["deb/echo", { ecosystem: "Echo", name: "name" }],
  ["apk/alpine", { ecosystem: "Alpine", name: "name", release: alpineRelease }],
  ["apk/wolfi", { ecosystem: "Wolfi", name: "name" }],
  ["apk/chainguard", { ecosystem: "Chainguard", name: "name" }],
  ["apk/minimos", { ecosystem: "MinimOS", name: "name" }],
  ["apk/alpaquita", { ecosystem: "Alpaquita", name: "name", release: distro }],
  ["apk/bellsoft-hardened-containers", { ecosystem: "BellSoft Hardened Containers", name: "name", release: distro }],
  ["rpm/redhat", { ecosystem: "Red Hat", name: "name", release: distro }],
  ["rpm/rocky-linux", { ecosystem: "Rocky Linux", name: "name", release: majorRelease }],
  ["rpm/almalinux", { ecosystem: "AlmaLinux", name: "name", release: majorRelease }],
  ["rpm/suse", { ecosystem: "SUSE", name: "name", release: distro }],
  ["rpm/opensuse", { ecosystem: "openSUSE", name: "name", release: distro }],
  ["rpm/openeuler", { ecosystem: "openEuler", name: "name", release: distro }],
  ["rpm/mageia", { ecosystem: "Mageia", name: "name", release: majorRelease }],
  ["rpm/azure-linux", { ecosystem: "Azure Linux", name: "name", release: majorRelease }],
]);
