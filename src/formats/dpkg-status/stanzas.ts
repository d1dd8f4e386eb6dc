import type { Problem } from "../../vocabulary/problem.ts";
import { keepingAside, refusal } from "../json-reading.ts";
import { linesOf } from "../text-lines.ts";

/** One package's fields, by name in lower case; of a folded field its lines joined by spaces. */
export type Stanza = { readonly place: string; readonly fields: ReadonlyMap<string, string> };

/** What is read of a stanza; the rest, long descriptions above all, is passed over. */
const READ: ReadonlySet<string> = new Set([
  "package",
  "status",
  "version",
  "source",
  "architecture",
  "built-using",
  "depends",
  "pre-depends",
  "provides",
]);

/** Stanzas of Debian's control files: fields, each on one line or folded with indented ones, up to an empty line. */
export function* stanzasOf(text: string, problems: Problem[]): Generator<Stanza> {
  let fields = new Map<string, string[]>();
  let place = "";
  let open: string[] | undefined;
  const finished = (): Stanza => ({ place, fields: new Map([...fields].map(([name, lines]) => [name, lines.join(" ").trim()])) });
  for (const line of linesOf(text)) {
    if (line.text.trim() === "") {
      if (fields.size > 0) yield finished();
      [fields, place, open] = [new Map(), "", undefined];
      continue;
    }
    if (place === "") place = line.place;
    if (/^[ \t]/.test(line.text)) {
      open?.push(line.text.trim());
      continue;
    }
    open = undefined;
    keepingAside(problems, () => {
      const colon = line.text.indexOf(":");
      const name = line.text.slice(0, Math.max(colon, 0)).toLowerCase();
      if (!/^[!-9;-~]+$/.test(name)) throw refusal(line.place, "a field and its value", line.text);
      if (!READ.has(name)) return;
      if (fields.has(name)) throw refusal(line.place, "each field once", line.text);
      fields.set(name, (open = [line.text.slice(colon + 1)]));
    });
  }
  if (fields.size > 0) yield finished();
}
