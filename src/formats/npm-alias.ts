/** `npm:react-is@^18.3.0`: another package under a name of one's own. */
export type NpmAlias = { readonly name: string; readonly version: string | undefined };

export function parseNpmAlias(text: string): NpmAlias | undefined {
  const match = /^npm:((?:@[^/@\s]+\/)?[^/@\s]+)(?:@(.*))?$/s.exec(text);
  const [, name, version] = match ?? [];
  return name === undefined ? undefined : { name, version: version === "" ? undefined : version };
}

/** The range of a requirement, whichever name it goes by: the edge says which package it is. */
export function withoutAlias(requirement: string): string {
  const alias = parseNpmAlias(requirement);
  return alias === undefined ? requirement : (alias.version ?? "*");
}
