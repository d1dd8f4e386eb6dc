/** A purl's qualifiers, decoded. */
type Qualifiers = Readonly<Record<string, string>>;

/** Debian's releases by code name, from the first with a number that OSV uses. */
const DEBIAN_RELEASES: ReadonlyMap<string, string> = new Map([
  ["slink", "2.1"],
  ["potato", "2.2"],
  ["woody", "3.0"],
  ["sarge", "3.1"],
  ["etch", "4.0"],
  ["lenny", "5.0"],
  ["squeeze", "6.0"],
  ["wheezy", "7"],
  ["jessie", "8"],
  ["stretch", "9"],
  ["buster", "10"],
  ["bullseye", "11"],
  ["bookworm", "12"],
  ["trixie", "13"],
  ["forky", "14"],
  ["duke", "15"],
]);

/** Ubuntu's releases by the first word of their code names, from the oldest that OSV has records of. */
const UBUNTU_RELEASES: ReadonlyMap<string, string> = new Map([
  ["trusty", "14.04"],
  ["xenial", "16.04"],
  ["bionic", "18.04"],
  ["focal", "20.04"],
  ["groovy", "20.10"],
  ["hirsute", "21.04"],
  ["impish", "21.10"],
  ["jammy", "22.04"],
  ["kinetic", "22.10"],
  ["lunar", "23.04"],
  ["mantic", "23.10"],
  ["noble", "24.04"],
  ["oracular", "24.10"],
  ["plucky", "25.04"],
  ["questing", "25.10"],
]);

/** The `distro` qualifier without the name that generators put before it: `debian-12` is `12`. Values such as a product's marketing name stay whole. */
export function distro(qualifiers: Qualifiers): string | undefined {
  const value = qualifiers["distro"]?.trim();
  if (value === undefined || value === "") return undefined;
  return /^[a-z]+(?:-[a-z]+)*-(v?\d.*|stream|edge)$/i.exec(value)?.[1] ?? value;
}

export function debianRelease(qualifiers: Qualifiers): string | undefined {
  return named(distro(qualifiers), debianNumber);
}

/** A point release (`12.5`) belongs to its release from Debian 7 on; unknown code names are kept. */
export function debianNumber(release: string): string {
  const name = release.replace(/^debian-/i, "");
  const point = /^(\d+)\.\d+$/.exec(name);
  if (point?.[1] !== undefined && Number(point[1]) >= 7) return point[1];
  return DEBIAN_RELEASES.get(name.toLowerCase()) ?? name;
}

export function ubuntuRelease(qualifiers: Qualifiers): string | undefined {
  return named(distro(qualifiers), ubuntuNumber);
}

/** `22.04` for each spelling of it: `22.04:LTS`, `Pro:22.04:LTS`, `22.04.3`, `jammy` and the archives' `esm-apps/jammy`. */
export function ubuntuNumber(release: string): string {
  const name = release.replace(/^ubuntu-/i, "").replaceAll(/(?:^|:)(?:Pro|LTS|FIPS(?:-[a-z]+)?)(?=:|$)/gi, "");
  const plain = name.replace(/^:/, "").replace(/^.*\//, "");
  return /^(\d+\.\d+)(?:\.\d+)*$/.exec(plain)?.[1] ?? UBUNTU_RELEASES.get(plain.toLowerCase()) ?? plain;
}

export function alpineRelease(qualifiers: Qualifiers): string | undefined {
  return named(distro(qualifiers), alpineBranch);
}

/** OSV names Alpine's branches `v3.18`; generators write `alpine-3.18.4`. */
export function alpineBranch(release: string): string {
  const branch = /^v?(\d+\.\d+)(?:\..*)?$/.exec(release)?.[1];
  return branch === undefined ? release : `v${branch}`;
}

export function majorRelease(qualifiers: Qualifiers): string | undefined {
  return named(distro(qualifiers), majorNumber);
}

/** `9` for `9.4`. */
export function majorNumber(release: string): string {
  return /^(\d+)(?:\.\d+)*$/.exec(release)?.[1] ?? release;
}

function named(value: string | undefined, spelling: (release: string) => string): string | undefined {
  return value === undefined ? undefined : spelling(value);
}
