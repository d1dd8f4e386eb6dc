/** What people call where an advisory comes from, by its id; the server's own word for the feed is kept beside it. */
export function sourceName(advisory: string, source: string): string {
  const prefix = Object.keys(NAMES).find((start) => advisory.startsWith(start));
  return (prefix === undefined ? undefined : NAMES[prefix]) ?? source;
}

/** By the prefixes that the OSV schema registers, and those of the converted databases. */
const NAMES: Readonly<Record<string, string>> = {
  "x_SLUICE-": "Sluice advisory",
  "CVE-": "CVE record",
  "GHSA-": "GitHub advisory",
  "MAL-": "OpenSSF malicious packages",
  "OSV-": "OSS-Fuzz",
  "GO-": "Go vulnerability database",
  "PYSEC-": "PyPA advisory",
  "PSF-": "Python Software Foundation",
  "RUSTSEC-": "RustSec advisory",
  "BIT-": "Bitnami",
  "DRUPAL-": "Drupal",
  "HSEC-": "Haskell advisory",
  "OSEC-": "OCaml advisory",
  "RSEC-": "R Consortium",
  "EEF-": "Erlang Ecosystem Foundation",
  "JLSEC-": "Julia advisory",
  "CURL-": "curl",
  "DSA-": "Debian security advisory",
  "DLA-": "Debian LTS advisory",
  "DTSA-": "Debian testing advisory",
  "DEBIAN-": "Debian",
  "ELA-": "Freexian ELTS advisory",
  "USN-": "Ubuntu security notice",
  "LSN-": "Ubuntu Livepatch notice",
  "UBUNTU-": "Ubuntu",
  "ALPINE-": "Alpine",
  "ALSA-": "AlmaLinux erratum",
  "ALBA-": "AlmaLinux erratum",
  "ALEA-": "AlmaLinux erratum",
  "RHSA-": "Red Hat erratum",
  "RHBA-": "Red Hat erratum",
  "RHEA-": "Red Hat erratum",
  "RLSA-": "Rocky Linux erratum",
  "RXSA-": "Rocky Linux erratum",
  "SUSE-": "SUSE",
  "openSUSE-": "openSUSE",
  "MGASA-": "Mageia advisory",
  "OESA-": "openEuler",
  "PHSA-": "Photon OS",
  "AZL-": "Azure Linux",
  "CLSA-": "TuxCare",
  "LBSEC-": "LoopBack",
  "FreeBSD-": "FreeBSD advisory",
  "CGA-": "Chainguard",
  "MINI-": "MinimOS",
  "ECHO-": "Echo",
  "ROOT-": "Root",
  "BELL-": "BellSoft",
  "CLEANSTART-": "CleanStart",
  "DHI-": "Docker Hardened Images",
  "ASB-A-": "Android security bulletin",
  "PUB-A-": "Android security bulletin",
  "KUBE-": "Kubernetes",
  "GSD-": "Global Security Database",
  "V8-": "V8",
  "x_RETIREJS-": "RetireJS",
  "x_NSWG-": "Node.js working group",
  "x_FOP-": "FriendsOfPHP",
  "x_RUBYSEC-": "RubySec",
};

/** `sha256:5be1…c07d`. */
export function shortHash(hash: string): string {
  return hash.length <= 12 ? hash : `${hash.slice(0, 4)}…${hash.slice(-4)}`;
}

/** CVSS's own words for a base score. */
export function scoreWord(score: number): string {
  if (score >= 9) return "critical";
  if (score >= 7) return "high";
  if (score >= 4) return "medium";
  return score > 0 ? "low" : "none";
}
