import { refusal } from "../json-reading.ts";
import { asWord } from "../text-lines.ts";
import { type Relation, readRelations } from "./package-relations.ts";
import type { Stanza } from "./stanzas.ts";

export type SourcePackage = { readonly name: string; readonly version: string };

export type InstalledPackage = {
  readonly name: string;
  readonly version: string;
  readonly architecture: string | undefined;
  readonly source: SourcePackage;
  /** The source packages whose binaries a signed package carries (`linux` in `linux-image-…`, of `linux-signed-amd64`). */
  readonly builtFrom: readonly SourcePackage[];
  /** Groups of alternatives, any one of which will do. */
  readonly needs: readonly (readonly Relation[])[];
  readonly provides: readonly string[];
  readonly place: string;
};

/** Files of a package are there from unpacking on, whether or not it was configured. */
const PRESENT: ReadonlySet<string> = new Set([
  "installed",
  "unpacked",
  "half-configured",
  "half-installed",
  "triggers-awaited",
  "triggers-pending",
]);
const ABSENT: ReadonlySet<string> = new Set(["not-installed", "config-files"]);

/** Undefined for a package that dpkg only remembers. @throws CodedError `document-invalid` */
export function readInstalledPackage({ fields, place }: Stanza, isFragment: boolean): InstalledPackage | undefined {
  const name = asWord(fields.get("package"), place, "a package's name behind Package");
  const at = `${place}: ${name}`;
  if (!isPresent(fields.get("status"), at, isFragment)) return undefined;
  const version = asWord(fields.get("version"), at, "a version behind Version");
  const architecture = fields.get("architecture");
  const source = sourceOf(fields.get("source"), { name, version }, at);
  return {
    name,
    version,
    architecture: architecture === undefined || architecture === "" ? undefined : asWord(architecture, at, "an architecture"),
    source,
    builtFrom: builtFrom(source, fields.get("built-using")),
    needs: [...readRelations(fields.get("pre-depends")), ...readRelations(fields.get("depends"))],
    provides: readRelations(fields.get("provides")).flatMap((alternatives) => alternatives.map((relation) => relation.name)),
    place: at,
  };
}

/** What is wanted, whether it needs care, and what is there: `install ok installed`, `hold ok installed`. */
function isPresent(status: string | undefined, place: string, isFragment: boolean): boolean {
  if (status === undefined && isFragment) return true;
  const [wanted, flag, state = "", ...more] = (status ?? "").split(/\s+/);
  if (wanted !== undefined && flag !== undefined && more.length === 0) {
    if (PRESENT.has(state)) return true;
    if (ABSENT.has(state)) return false;
  }
  throw refusal(place, "what is wanted, a flag and a state behind Status", status);
}

/** `util-linux`, or `util-linux (2.38.1-5)` where its version is another than the package's. */
function sourceOf(stated: string | undefined, own: SourcePackage, place: string): SourcePackage {
  if (stated === undefined || stated === "") return own;
  const [, name, version] = /^([^\s()]+)(?:\s+\(([^\s()]+)\))?$/.exec(stated) ?? [];
  if (name === undefined) throw refusal(place, "a source package, and its version in parentheses, behind Source", stated);
  return { name: asWord(name, place, "a source package's name"), version: version ?? own.version };
}

/**
 * Debian's boot loaders and kernels come from source packages that only add signatures (`linux-signed-amd64`), and of which no advisory
 * speaks. What they were built from stands in Built-Using. Elsewhere that field says what was linked in, which other changes end.
 */
function builtFrom({ name }: SourcePackage, builtUsing: string | undefined): readonly SourcePackage[] {
  if (!/-signed(?:-|$)/.test(name)) return [];
  return readRelations(builtUsing).flatMap((alternatives) =>
    alternatives.flatMap(({ name: built, range }) => {
      const version = /^= *(\S+)$/.exec(range ?? "")?.[1];
      return version === undefined ? [] : [{ name: built, version }];
    }),
  );
}
