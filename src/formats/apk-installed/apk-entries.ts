import type { Problem } from "../../vocabulary/problem.ts";
import { keepingAside, refusal } from "../json-reading.ts";
import { linesOf } from "../text-lines.ts";

/** One package's lines, by their letters. */
export type ApkEntry = { readonly place: string; readonly fields: ReadonlyMap<string, string> };

/** What is read of an entry: package, version, origin, what it needs and what it provides. */
const READ: ReadonlySet<string> = new Set(["P", "V", "o", "D", "p"]);

/** Entries up to an empty line each; a line is a letter, a colon and a value. Behind the package's own lines those of its files stand. */
export function* entriesOf(text: string, problems: Problem[]): Generator<ApkEntry> {
  let fields = new Map<string, string>();
  let place = "";
  for (const line of linesOf(text)) {
    if (line.text.trim() === "") {
      if (place !== "") yield { place, fields };
      [fields, place] = [new Map(), ""];
      continue;
    }
    if (place === "") place = line.place;
    keepingAside(problems, () => {
      const [, letter, value = ""] = /^([A-Za-z]):(.*)$/su.exec(line.text) ?? [];
      if (letter === undefined) throw refusal(line.place, "a letter, a colon and a value", line.text);
      if (!READ.has(letter)) return;
      if (fields.has(letter)) throw refusal(line.place, `one line ${letter}: in an entry`, line.text);
      fields.set(letter, value);
    });
  }
  if (place !== "") yield { place, fields };
}
