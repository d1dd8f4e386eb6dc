import { readFileSync } from "node:fs";
import { join } from "node:path";
import { packageRoot } from "../../src/server/package-root.ts";

/** The examples of one language under a heading of docs/how-to/evaluate-through-the-gateway.md, so that what is run is what is read. */
export function howToExamples(heading: string, language: string): readonly string[] {
  const text = readFileSync(join(packageRoot, "docs", "how-to", "evaluate-through-the-gateway.md"), "utf8");
  const section = text.split(/^## /m).find((part) => part.startsWith(`${heading}\n`));
  const examples = [...(section ?? "").matchAll(/^```(\w+)\n([\s\S]*?)^```$/gm)].filter(([, fenced]) => fenced === language);
  if (examples.length === 0) throw new Error(`no ${language} under ${heading}`);
  return examples.map(([, , body = ""]) => body);
}
