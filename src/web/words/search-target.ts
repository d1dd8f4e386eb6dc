/** Where a search leads: an id to its vulnerability, a weakness and everything else to the list. */
export function searchTarget(text: string): string {
  if (text === "") return "/vulnerabilities";
  if (/^cwe-\d{1,6}$/i.test(text)) return `/vulnerabilities?cwe=${text.toUpperCase()}`;
  if (/^cve-\d{4}-\d{4,19}$/i.test(text)) return vulnerabilityPath(text.toUpperCase());
  if (/^ghsa(-[0-9a-z]{4}){3}$/i.test(text)) return vulnerabilityPath(`GHSA${text.slice(4).toLowerCase()}`);
  if (/^[A-Z][A-Za-z]*-\d{4}-\d+$/.test(text)) return vulnerabilityPath(text);
  return `/vulnerabilities?text=${encodeURIComponent(text)}`;
}

export function vulnerabilityPath(id: string): string {
  return `/vulnerabilities/${encodeURIComponent(id)}`;
}

/** Slashes of a name stay slashes, as people write them. */
export function packagePath(ecosystem: string, name: string, version?: string): string {
  const path = `/packages/${encodeURIComponent(ecosystem)}/${name.split("/").map(encodeURIComponent).join("/")}`;
  return version === undefined ? path : `${path}?version=${encodeURIComponent(version)}`;
}

/** The package and version of `lodash 4.17.15`, `lodash@4.17.15`, `@babel/core@7.0.0` or a purl; undefined when the text names no version. */
export function namedVersion(text: string): { readonly name: string; readonly version: string } | undefined {
  const purl = /^pkg:[a-z.+-]+\/(.+)$/.exec(text)?.[1]?.replace(/[?#].*$/, "");
  const match = /^(@?[^@\s]+)[@\s]\s*v?(\d\S*)$/.exec(purl === undefined ? text.trim() : decodeOrSame(purl));
  return match?.[1] === undefined || match[2] === undefined ? undefined : { name: match[1], version: match[2] };
}

function decodeOrSame(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}
