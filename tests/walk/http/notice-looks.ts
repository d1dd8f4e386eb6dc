import { Discrepancy } from "../discrepancy.ts";
import { nameOf } from "./answers.ts";
import type { Guest, House } from "./house.ts";
import { rowsOf } from "./pages.ts";

/** Who was told that a model has new terms: each organisation as often as its models had them, and no other. */
export function createNoticeLooks({ draw, bring }: Pick<House, "draw" | "bring">) {
  async function lookAtNotices(guest: Guest): Promise<void> {
    await bring();
    const told = (await rowsOf(guest, "/api/notifications")).filter(({ kind }) => kind === "terms-changed").length;
    const expected = draw.facts.of("terms_notice").filter((fact) => fact["organisation_id"] === guest.viewer.organisation).length;
    if (told !== expected) throw new Discrepancy(`${nameOf(guest)} was told of new terms ${told} times, expected ${expected}`);
  }

  return { lookAtNotices };
}
