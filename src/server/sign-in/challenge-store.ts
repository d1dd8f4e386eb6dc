import type { Transaction } from "../database/database.ts";
import { sql } from "../database/sql.ts";

export type ChallengePurpose = "passkey-sign-in" | "passkey-new" | "oidc";

/** Keeps what was asked, and forgets what nobody answered in time. */
export async function keepChallenge(
  transaction: Transaction,
  challenge: {
    readonly digest: Uint8Array;
    readonly purpose: ChallengePurpose;
    readonly content: unknown;
    readonly nowMs: number;
    readonly expiresAtMs: number;
  },
): Promise<void> {
  await transaction.run(sql`delete from challenge where expires_at <= ${new Date(challenge.nowMs)}`);
  await transaction.run(
    sql`insert into challenge (digest, purpose, content, expires_at)
        values (${challenge.digest}, ${challenge.purpose}, ${JSON.stringify(challenge.content)}::jsonb, ${new Date(challenge.expiresAtMs)})`,
  );
}

/** Takes a challenge out, so that of two answers to it one finds it. Undefined = it was never asked, is answered, or has expired. */
export async function takeChallenge(
  transaction: Transaction,
  digests: readonly Uint8Array[],
  purpose: ChallengePurpose,
  nowMs: number,
): Promise<unknown> {
  const [row] = await transaction.query<{ content: string; expires_at: Date }>(
    sql`delete from challenge where digest = any (${digests}::bytea[]) and purpose = ${purpose} returning content, expires_at`,
  );
  return row === undefined || row.expires_at.getTime() <= nowMs ? undefined : JSON.parse(row.content);
}
