import type { Ecosystem, UpgradeStep } from "../ecosystem.ts";
import { encodePurlSegment } from "../purl-segment.ts";
import { constraintAdmits } from "./composer-constraint.ts";
import { composer, isStable, normaliseComposer } from "./composer-version.ts";

export const packagist: Ecosystem = {
  id: "Packagist",
  scheme: composer,
  purlTypes: ["composer"],
  nameFromPurl: (namespace, name) => (namespace === undefined || namespace === "" ? name : `${namespace}/${name}`).toLowerCase(),
  purlOf: (name) => `pkg:composer/${name.toLowerCase().split("/").map(encodePurlSegment).join("/")}`,
  releases: {
    word: "repository",
    fromPurl: ({ repository_url: repository }) => (repository === undefined ? undefined : repositoryOf(repository)),
    covers: (stated, asked) => stated === repositoryOf(asked),
    whenUnknown: "every-release",
  },
  normaliseName: (name) => name.toLowerCase(),
  admits: constraintAdmits,
  isBreaking,
  isPrerelease: (version) => {
    const normalised = normaliseComposer(version);
    return normalised !== undefined && !isStable(normalised);
  },
  commandsFor,
  removalCommands: ({ name, direct }) => (direct === true && isPackageName(name) ? [`composer remove ${name}`] : []),
  feedSize: undefined,
};

/** As OSV's names have it: Packagist itself has no suffix, and no repository a slash at its end. */
function repositoryOf(url: string): string | undefined {
  const repository = url.replace(/\/+$/, "");
  return /^https?:\/\/(?:repo\.)?packagist\.org$/i.test(repository) ? undefined : repository;
}

/** Composer's caret: the first number that is not 0, of three, carries the promise. */
function isBreaking(from: string, to: string): boolean {
  const old = numbersOf(from);
  const next = numbersOf(to);
  if (old === undefined || next === undefined) return true;
  const first = old.findIndex((number) => number !== "0");
  const held = first === -1 ? 2 : first;
  return old.some((number, place) => place <= held && number !== next[place]);
}

function numbersOf(version: string): readonly string[] | undefined {
  const normalised = normaliseComposer(version);
  if (normalised === undefined || normalised.startsWith("dev-")) return undefined;
  const numbers = normalised
    .replace(/-.*/, "")
    .split(".")
    .map((number) => number.replace(/^0+(?=.)/, ""));
  return [...numbers, "0", "0"].slice(0, 3);
}

function commandsFor({ name, version, above, direct, development, blocked }: UpgradeStep): readonly string[] {
  const text = version.replace(/^v/i, "").replace(/\+.*/s, "");
  const constraint = `${above ? ">" : "^"}${text}`;
  const isKnown = /^[0-9A-Za-z._-]+$/.test(text) && constraintAdmits(above ? `>=${text}` : constraint, version) === true;
  if (!isPackageName(name) || !isKnown) return [];
  if (direct === true) return [`composer require ${development ? "--dev " : ""}"${name}:${constraint}" --with-all-dependencies`];
  return blocked ? [] : [`composer update ${name}`];
}

/** Names come from strangers: what is none of the registry's (`--no-dev`, `php`, `../x`) would mean something else on Composer's command line. */
function isPackageName(name: string): boolean {
  return /^[a-z0-9][a-z0-9_.-]*\/[a-z0-9][a-z0-9_.-]*$/i.test(name);
}
