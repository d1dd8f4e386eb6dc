/** What people call where an advisory comes from, by its id; the server's own word for the feed is kept beside it. */
export function sourceName(advisory: string, source: string): string {
  const prefix = Object.keys(NAMES).find((start) => advisory.startsWith(start));
  return (prefix === undefined ? undefined : NAMES[prefix]) ?? source;
}

const NAMES: Readonly<Record<string, string>> = {
  "CVE-": "CVE record",
  "GHSA-": "GitHub advisory",
  "MAL-": "OpenSSF malicious packages",
  "OSV-": "OSS-Fuzz",
  "GO-": "Go vulnerability database",
  "PYSEC-": "PyPA advisory",
  "RUSTSEC-": "RustSec advisory",
  "x_RETIREJS-": "RetireJS",
  "x_NSWG-": "Node.js working group",
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
