import { affectedText } from "../../matching/scan/affected-text.ts";
import { compareIds } from "../../matching/scan/ranking.ts";
import { compareKeys } from "../../matching/versions/key-writer.ts";
import type { CompiledAffected } from "../advisories/compile-advisory.ts";
import { scoreOfVector } from "../advisories/score-vector.ts";
import { holdAlike } from "./held-versions.ts";
import type { ReadStatement } from "./read-statement.ts";
import { shownIntervals } from "./statement-answer.ts";

/** A point on which sources contradict one another, with the word of each that has one. */
export type Disagreement = { readonly about: string; readonly values: readonly { readonly advisory: string; readonly value: string }[] };

type Value = Disagreement["values"][number];

/** Where the statements in force contradict one another. A source that says nothing on a point contradicts nobody. */
export function findDisagreements(statements: readonly ReadStatement[]): readonly Disagreement[] {
  const inForce = statements.filter((statement) => statement.inForce);
  return [
    ...aboutWithdrawal(statements),
    ...aboutCveIds(inForce),
    ...aboutPackages(inForce),
    ...packagesOf(inForce).flatMap((named) => [...aboutVersions(named), ...aboutFixes(named)]),
    ...aboutVectors(inForce),
    ...ifDifferent("severity in words", inForce.flatMap(ratingOf)),
    ...ifDifferent("weaknesses", inForce.flatMap(weaknessesOf)),
  ];
}

function ifDifferent(about: string, values: readonly (Value & { readonly key: string })[]): readonly Disagreement[] {
  if (new Set(values.map(({ key }) => key)).size < 2) return [];
  return [{ about, values: values.map(({ advisory, value }) => ({ advisory, value })) }];
}

function aboutWithdrawal(statements: readonly ReadStatement[]): readonly Disagreement[] {
  if (statements.every(({ inForce }) => inForce) || !statements.some(({ inForce }) => inForce)) return [];
  const values = statements.map(({ advisory, row }) => {
    const value =
      advisory.withdrawn !== undefined ? `withdrawn ${advisory.withdrawn}` : row.gone_at === null ? "in force" : "no longer listed";
    return { advisory: advisory.id, value };
  });
  return [{ about: "withdrawn", values }];
}

/** One vulnerability has one CVE id: several are a mistake in an alias, or one source's record of what others keep apart. */
function aboutCveIds(statements: readonly ReadStatement[]): readonly Disagreement[] {
  const values = statements.flatMap(({ advisory }): readonly Value[] => {
    const ids = [...new Set([advisory.id, ...advisory.aliases])].filter((id) => id.startsWith("CVE-")).toSorted(compareIds);
    return ids.length === 0 ? [] : [{ advisory: advisory.id, value: ids.join(", ") }];
  });
  return new Set(values.flatMap(({ value }) => value.split(", "))).size > 1 ? [{ about: "CVE id", values }] : [];
}

function aboutPackages(statements: readonly ReadStatement[]): readonly Disagreement[] {
  const ecosystems = new Set(statements.flatMap(({ packages }) => packages.map(({ ecosystem }) => ecosystem)));
  return [...ecosystems].toSorted().flatMap((ecosystem) =>
    ifDifferent(
      `affected packages in ${ecosystem}`,
      statements.flatMap(({ advisory, packages }) => {
        const names = packages
          .filter((named) => named.ecosystem === ecosystem)
          .map(({ name }) => name)
          .toSorted();
        return names.length === 0 ? [] : [{ advisory: advisory.id, value: cut(names), key: names.join("\0") }];
      }),
    ),
  );
}

type NamedPackage = {
  readonly title: string;
  readonly said: readonly { readonly advisory: string; readonly affected: CompiledAffected }[];
};

/** Packages that several statements name. */
function packagesOf(statements: readonly ReadStatement[]): readonly NamedPackage[] {
  const all = statements.flatMap(({ advisory, packages }) => packages.map((affected) => ({ advisory: advisory.id, affected })));
  const grouped = Map.groupBy(all, ({ affected }) => `${affected.ecosystem} ${affected.name}`);
  return [...grouped].filter(([, said]) => said.length > 1).map(([title, said]) => ({ title, said }));
}

function aboutVersions({ title, said }: NamedPackage): readonly Disagreement[] {
  const alike = said.every((one, at) => said.slice(at + 1).every((other) => holdAlike(one.affected.compiled, other.affected.compiled)));
  if (alike) return [];
  return [
    { about: `affected versions of ${title}`, values: said.map(({ advisory, affected }) => ({ advisory, value: versionsText(affected) })) },
  ];
}

function versionsText({ compiled }: CompiledAffected): string {
  const texts = [...shownIntervals(compiled.intervals).map(affectedText), ...compiled.texts.map((text) => `=${text}`)];
  return texts.length === 0 ? "none" : cut(texts);
}

function aboutFixes({ title, said }: NamedPackage): readonly Disagreement[] {
  const values = said.flatMap(({ advisory, affected }) => {
    if (affected.compiled.setAside.length > 0) return [];
    const fixed = affected.compiled.intervals.filter(({ hiKind }) => hiKind === "fixed").toSorted((a, b) => compareKeys(a.hi, b.hi));
    const named = fixed.map(({ hiText }) => hiText ?? "");
    return [
      {
        advisory,
        value: named.length === 0 ? "none named" : cut([...new Set(named)]),
        key: [...new Set(fixed.map(({ hi }) => hi.join()))].join("-"),
      },
    ];
  });
  return ifDifferent(`fixed version of ${title}`, values);
}

function aboutVectors(statements: readonly ReadStatement[]): readonly Disagreement[] {
  const types = new Set(
    statements.flatMap(({ advisory }) => advisory.severities.map(({ type }) => type)).filter((type) => type.startsWith("CVSS")),
  );
  return [...types].toSorted().flatMap((type) =>
    ifDifferent(
      type,
      statements.flatMap(({ advisory }) => {
        const vectors = [...new Set(advisory.severities.filter((stated) => stated.type === type).map(({ score }) => score))];
        return vectors.length === 0
          ? []
          : [{ advisory: advisory.id, value: cut(vectors.map(vectorText)), key: vectors.map(metricsOf).toSorted().join(" ") }];
      }),
    ),
  );
}

function vectorText(vector: string): string {
  const score = scoreOfVector(vector);
  return score === undefined ? vector : `${score.toFixed(1)} (${vector})`;
}

/** Versions 3.0 and 3.1 have the same metrics, and their order in the text means nothing. */
function metricsOf(vector: string): string {
  return vector
    .replace(/^CVSS:[\d.]+\//, "")
    .split("/")
    .filter((metric) => metric !== "")
    .toSorted()
    .join("/");
}

function ratingOf({ advisory }: ReadStatement): readonly (Value & { readonly key: string })[] {
  const words = advisory.severities.filter(({ type }) => type === "RATING").map(({ score }) => score.toLowerCase());
  if (words.length === 0) return [];
  const value = [...new Set(words)].join(", ");
  return [{ advisory: advisory.id, value, key: value.replaceAll("moderate", "medium") }];
}

function weaknessesOf({ advisory }: ReadStatement): readonly (Value & { readonly key: string })[] {
  const value = advisory.weaknesses.toSorted().join(", ");
  return value === "" ? [] : [{ advisory: advisory.id, value, key: value }];
}

const MOST_NAMED = 20;

function cut(parts: readonly string[]): string {
  const more = parts.length - MOST_NAMED;
  return more > 0 ? `${parts.slice(0, MOST_NAMED).join(", ")} and ${more} more` : parts.join(", ");
}
