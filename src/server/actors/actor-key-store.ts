import { hmacBlocks } from "../../sealing/actor-seal.ts";
import type { KeyRing } from "../../sealing/key-ring.ts";
import type { Database } from "../database/database.ts";
import { sql } from "../database/sql.ts";

/** Makes the database verify actors by the ring's keys, and by no others. To be called at every start and after a rotation. */
export async function trustActorKeys(database: Database, keys: KeyRing): Promise<void> {
  const trusted = keys.accepted("actor").map(({ id, secret }) => ({ id, ...hmacBlocks(secret) }));
  await database.query(
    "keeper",
    sql`select trust_actor_keys(${trusted.map(({ id }) => id)}::text[], ${trusted.map(({ inner }) => inner)}::bytea[],
      ${trusted.map(({ outer }) => outer)}::bytea[])`,
  );
}
