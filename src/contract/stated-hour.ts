import { z } from "zod";

const zone = z.string().min(1).max(64).describe("As the IANA names it: `Europe/Berlin`");
const instantMs = z.number().int().min(0).max(8_000_000_000_000);

/** An instant, and the zone in which people said it. */
export const zonedHour = z.object({ instantMs, zone });

/** An hour as it is stated: by people as a local time, by programs as an instant. */
export const statedHour = z.union([
  z.object({
    local: z.string().max(19).describe("`2026-11-26T10:00`"),
    zone,
    which: z
      .enum(["earlier", "later"])
      .optional()
      .describe("Where clocks are changed an hour may be missing or come twice: which instant is meant"),
  }),
  zonedHour,
]);
export type StatedHour = z.output<typeof statedHour>;
