import { createHash } from "node:crypto";
import type { SeededRandom } from "../support/seeded-random.ts";
import { standing, type Viewer } from "./oracle/who-sees.ts";
import { has, type Fact, type Facts, type FactValue } from "./oracle/facts.ts";

/** What the walk makes things up with: everything comes from one seed, and every text is like no other. */
export type Draw = {
  readonly random: SeededRandom;
  readonly facts: Facts;
  readonly uuid: () => string;
  /** A text that stands in one field of one fact only. */
  readonly text: () => string;
  readonly bytes: () => string;
  readonly digest: () => string;
  readonly hour: (afterMs?: number) => string;
  readonly one: (table: string) => Fact | undefined;
  /** The first most of the time, and otherwise the second. */
  readonly mostly: <T>(usual: T, other: () => T) => T;
  readonly organisation: () => string;
  readonly person: () => string;
  readonly level: () => number;
  readonly viewer: () => Viewer;
};

export const MINUTE_MS = 60_000;
export const DAY_MS = 24 * 60 * MINUTE_MS;

export function createDraw(random: SeededRandom, facts: Facts): Draw {
  let texts = 0;
  const hex = (digits: number): string => Array.from({ length: digits }, () => random.below(16).toString(16)).join("");
  const one = (table: string): Fact | undefined => {
    const told = facts.of(table);
    return told.length === 0 ? undefined : random.pick(told);
  };
  const idOf = (table: string, column: string): string => String(one(table)?.[column] ?? "");
  const draw: Draw = {
    random,
    facts,
    one,
    uuid: () => `${hex(8)}-${hex(4)}-4${hex(3)}-a${hex(3)}-${hex(12)}`,
    text: () => `told-${++texts}-${hex(8)}`,
    bytes: () => `\\x${hex(16)}`,
    digest: () => `\\x${createHash("sha256").update(hex(16)).digest("hex")}`,
    hour: (afterMs = 0) => new Date(facts.nowMs() + afterMs).toISOString(),
    mostly: (usual, other) => (random.oneIn(6) ? other() : usual),
    organisation: () => idOf("organisation", "id"),
    person: () => idOf("member", "person_id"),
    level: () => 1 + random.below(5),
    viewer: () => {
      const member = facts.of("member").filter((fact) => fact["revoked_at"] === null || random.oneIn(5));
      const { organisation_id: organisation, person_id: person } = random.pick(member);
      return {
        organisation: String(organisation),
        person: String(person),
        floor: random.oneIn(5) ? 4 : 1,
        secondFactor: !random.oneIn(4),
      };
    },
  };
  return draw;
}

export function isMember(draw: Draw, viewer: Viewer): boolean {
  return standing(draw.facts, viewer) !== undefined;
}

export function isTold(draw: Draw, table: string, fields: Fact): boolean {
  return draw.facts.of(table).some((told) => has(told, fields));
}

export function field(fact: Fact | undefined, column: string): Fact[string] {
  return fact?.[column] ?? null;
}

/** The fields that name one of the told things. */
export function named(fact: Fact | undefined, ...columns: readonly string[]): readonly FactValue[] {
  return columns.map((column) => fact?.[column] ?? null);
}
