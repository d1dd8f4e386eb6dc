import { Discrepancy } from "../discrepancy.ts";
import { nameOf } from "./answers.ts";
import type { Guest } from "./house.ts";

export type Row = Readonly<Record<string, unknown>>;

/** All rows of a list, page by page. */
export async function rowsOf(guest: Guest, path: string): Promise<readonly Row[]> {
  const rows: Row[] = [];
  const sign = path.includes("?") ? "&" : "?";
  for (let after = ""; ;) {
    const { status, body } = await guest.get(`${path}${sign}limit=7${after}`);
    if (status !== 200) throw new Discrepancy(`${nameOf(guest)} asks ${path}: got ${status} ${body}`);
    const page = JSON.parse(body) as { readonly rows: readonly Row[]; readonly next?: string };
    rows.push(...page.rows);
    if (page.next === undefined) return rows;
    after = `&after=${encodeURIComponent(page.next)}`;
  }
}

/** What is there in one piece; undefined = it was refused, as was expected. */
export async function expectAnswer(guest: Guest, path: string, expected: number): Promise<string | undefined> {
  const { status, body } = await guest.get(path);
  if (status !== expected)
    throw new Discrepancy(`${nameOf(guest)} asks ${path}: expected ${expected}, got ${status} ${body.slice(0, 300)}`);
  return status === 200 ? body : undefined;
}
