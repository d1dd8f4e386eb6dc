/** One row as it was told: times as ISO text or `infinity`, bytes as `\x…`. */
export type Fact = Readonly<Record<string, FactValue>>;
export type FactValue = string | number | boolean | null | readonly string[];

/** Everything that has been told, by table, and what time it is. The walk tells what it did; nothing here was read from what is tested. */
export type Facts = {
  readonly of: (table: string) => readonly Fact[];
  readonly tell: (table: string, fact: Fact) => void;
  readonly change: (table: string, fact: Fact, changes: Fact) => void;
  readonly forget: (table: string, fact: Fact) => void;
  readonly nowMs: () => number;
  readonly setNow: (ms: number) => void;
};

export function createFacts(startMs: number): Facts {
  const tables = new Map<string, Fact[]>();
  let nowMs = startMs;
  const of = (table: string): Fact[] => tables.get(table) ?? [];
  return {
    of,
    tell: (table, fact) => void tables.set(table, [...of(table), fact]),
    change: (table, fact, changes) =>
      void tables.set(
        table,
        of(table).map((told) => (told === fact ? { ...told, ...changes } : told)),
      ),
    forget: (table, fact) =>
      void tables.set(
        table,
        of(table).filter((told) => told !== fact),
      ),
    nowMs: () => nowMs,
    setNow: (ms) => {
      nowMs = ms;
    },
  };
}

/** An hour of a fact in milliseconds; `infinity` is later than all. */
export function hourOf(value: FactValue | undefined): number {
  return value === "infinity" ? Number.POSITIVE_INFINITY : Date.parse(String(value));
}

/** True where every given field of the fact is as given. */
export function has(fact: Fact, fields: Fact): boolean {
  return Object.entries(fields).every(([name, value]) => fact[name] === value);
}
