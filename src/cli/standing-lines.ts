import { cannotSaySentence } from "../vocabulary/data-standing.ts";
import type { Status } from "../server/system/system-service.ts";
import { ageWords, counted } from "./age-words.ts";
import type { Colours } from "./colours.ts";
import { printable } from "./printable.ts";

/** One line an ecosystem: count, age and source, and under it why nothing can be called clean, when that is so. */
export function standingLines({ ecosystems, nowMs }: Pick<Status, "ecosystems" | "nowMs">, paint: Colours): readonly string[] {
  const rows = ecosystems.map(({ ecosystem, standing, cannotSay }) => ({
    name: printable(ecosystem),
    count: standing === undefined ? "no data" : counted(standing.advisories, "advisory", "advisories"),
    age: standing === undefined || standing.sample ? "" : ageWords(standing.statedAtMs, nowMs),
    source: printable(standing?.source ?? ""),
    why: cannotSay === undefined ? undefined : cannotSaySentence(cannotSay, printable(ecosystem)),
  }));
  const width = (pick: (row: (typeof rows)[number]) => string): number => Math.max(...rows.map((row) => pick(row).length), 0);
  const [names, counts, ages] = [width((row) => row.name), width((row) => row.count), width((row) => row.age)];
  return rows.flatMap((row) => {
    const line = `  ${row.name.padEnd(names)}  ${row.count.padStart(counts)}  ${row.age.padEnd(ages)}  ${row.source}`.trimEnd();
    return row.why === undefined ? [line] : [line, `  ${" ".repeat(names)}  ${paint.unsaid(`cannot say clean: ${row.why}`)}`];
  });
}
