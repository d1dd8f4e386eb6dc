/** A statement and its parameters; made by `sql`, never by joining text. */
export type SqlQuery = { readonly text: string; readonly values: readonly unknown[] };

const identifierPattern = /^[a-z_][a-z0-9_]*$/;

/** Tagged template: every `${}` becomes a parameter, except another `sql` fragment, which is spliced in with its own. */
export function sql(strings: TemplateStringsArray, ...parts: readonly unknown[]): SqlQuery {
  const values: unknown[] = [];
  let text = strings[0] ?? "";
  for (const [index, part] of parts.entries()) {
    if (isSqlQuery(part)) {
      text += part.text.replaceAll(/\$(\d+)/g, (_, number: string) => `$${Number(number) + values.length}`);
      values.push(...part.values);
    } else {
      values.push(part);
      text += `$${values.length}`;
    }
    text += strings[index + 1] ?? "";
  }
  return sealed(text, values);
}

/** A table or column name that the code itself chose. */
export function identifier(name: string): SqlQuery {
  if (!identifierPattern.test(name)) throw new Error(`not an identifier: ${name}`);
  return sealed(`"${name}"`, []);
}

/** Fragments joined by a fixed separator. */
export function joined(fragments: readonly SqlQuery[], separator: " and " | " or " | ", "): SqlQuery {
  let whole = sealed("", []);
  for (const [index, fragment] of fragments.entries()) {
    const glue = sealed(index === 0 ? "" : separator, []);
    whole = sql`${whole}${glue}${fragment}`;
  }
  return whole;
}

const made = new WeakSet<object>();

function sealed(text: string, values: readonly unknown[]): SqlQuery {
  const query = { text, values };
  made.add(query);
  return query;
}

function isSqlQuery(part: unknown): part is SqlQuery {
  return typeof part === "object" && part !== null && made.has(part);
}
