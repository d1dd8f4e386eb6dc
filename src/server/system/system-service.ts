import type { z } from "zod";
import type { statusSchema } from "../../contract/endpoints/system.ts";

export type Status = z.infer<typeof statusSchema>;

/** What the system endpoints ask of the rest of the server. */
export type SystemService = {
  readonly status: () => Promise<Status>;
  /** What keeps the server from answering, one sentence each; empty = ready. */
  readonly missing: () => Promise<readonly string[]>;
};
