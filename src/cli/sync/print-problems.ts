import type { Client } from "../../contract/client.ts";
import { listProblems } from "../../contract/endpoints/feeds.ts";
import { counted } from "../age-words.ts";
import { printable, printableLine } from "../printable.ts";

/** Every record that was kept aside, a line each, and their count. */
export async function printProblems(client: Client, ecosystem: string | undefined, write: (text: string) => void): Promise<void> {
  let after: string | undefined;
  let count = 0;
  do {
    const page = await client(listProblems, {
      query: { limit: 200, ...(ecosystem === undefined ? {} : { ecosystem }), ...(after === undefined ? {} : { after }) },
    });
    for (const { place, reason } of page.rows) write(`${printableLine(place)}: ${printable(reason)}\n`);
    count += page.rows.length;
    after = page.next;
  } while (after !== undefined);
  write(count === 0 ? "No record was kept aside\n" : `${counted(count, "record")} kept aside; what was readable before stays in force\n`);
}
