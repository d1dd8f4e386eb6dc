import { ecosystemOf } from "../../matching/ecosystems/ecosystem-of.ts";
import { isMeant } from "../../matching/package-lookup.ts";
import type { Database } from "../database/database.ts";
import { readPackagesNamed } from "./package-summary-store.ts";

/** For each package asked, in order, the ecosystems under which it is to be read: of a distribution without its release, every one that is held. */
export async function heldEcosystems(
  database: Database,
  asked: readonly { readonly ecosystem: string; readonly name: string }[],
): Promise<readonly (readonly string[])[]> {
  const names = asked.flatMap(({ ecosystem, name }) => (ecosystemOf(ecosystem)?.releases === undefined ? [] : [name]));
  const held = names.length === 0 ? [] : await readPackagesNamed(database, [...new Set(names)]);
  const byName = Map.groupBy(held, ({ name }) => name);
  return asked.map(({ ecosystem, name }) => {
    const order = ecosystemOf(ecosystem);
    const stated = (byName.get(name) ?? []).map((one) => one.ecosystem);
    return [ecosystem, ...stated.filter((each) => each !== ecosystem && isMeant(order, each, ecosystem))];
  });
}
