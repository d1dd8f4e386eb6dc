/** Under which two spellings of a project's name are one inside a document, as PEP 503 says. */
export function projectKey(name: string): string {
  return name.toLowerCase().replace(/[-_.]+/g, "-");
}

/** The version that a specifier leaves no choice about: `==1.2`, `===1.2`, also beside other parts. Undefined = it leaves one. */
export function pinnedVersion(specifier: string): string | undefined {
  for (const part of specifier.split(",")) {
    const [, version] = /^\s*={2,3}\s*([^\s*=]+)\s*$/.exec(part) ?? [];
    if (version !== undefined) return version;
  }
  return undefined;
}
