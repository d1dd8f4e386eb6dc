import { reading } from "./perform.ts";

type Page<T> = { readonly rows: readonly T[]; readonly next?: string | undefined };

/** Every row of a list, page by page. */
export async function allPages<T>(read: (after: { readonly after?: string }) => Promise<Page<T>>): Promise<readonly T[]> {
  const rows: T[] = [];
  for (let next: string | undefined; ;) {
    const after = next === undefined ? {} : { after: next };
    const page = await reading(() => read(after));
    rows.push(...page.rows);
    if (page.next === undefined) return rows;
    next = page.next;
  }
}
