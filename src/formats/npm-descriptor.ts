/** What is asked for, `name@range`, or what it came to, `name@reference`. */
export type Descriptor = { readonly name: string; readonly range: string };

export function parseDescriptor(text: string): Descriptor | undefined {
  const [, name, range] = /^((?:@[^/@]+\/)?[^/@]+)@(.*)$/s.exec(text) ?? [];
  return name === undefined || range === undefined ? undefined : { name, range };
}

/** What `npm:` is followed by: a range, or another package and its range. */
export type Requirement = { readonly name: string | undefined; readonly range: string };

export function parseRequirement(text: string): Requirement {
  if (!text.startsWith("npm:")) return { name: undefined, range: text };
  const rest = text.slice("npm:".length);
  const alias = /^[@a-z]/i.test(rest) ? parseDescriptor(rest) : undefined;
  return alias === undefined ? { name: undefined, range: rest } : { name: alias.name, range: alias.range.replace(/^npm:/, "") };
}

/** What a range or reference leads to when it is a directory beside the project: the project's own code, unless it is packed. */
export function isLocal(range: string): boolean {
  if (/^(?:link|portal|root|workspace):/.test(range)) return true;
  const [, path] = /^file:([^#]*)/.exec(range) ?? [];
  return path !== undefined && !/\.(?:tgz|tar|tar\.gz)(?:::.*)?$/s.test(path);
}
