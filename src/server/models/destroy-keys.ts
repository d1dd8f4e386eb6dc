import { credentialKeyOf, RECORD_CANNOT_REACH, recordKeyOf } from "../../sealing/grant-keys.ts";
import type { KeyRing } from "../../sealing/key-ring.ts";
import type { Database, Transaction } from "../database/database.ts";
import { recordStatement } from "../ledger/record-statement.ts";
import { announce } from "../notifications/announcement-service.ts";
import {
  type GoneKey,
  deleteCredential,
  type EndedWindow,
  endGrantsOf,
  findEndedWindow,
  insertCertificate,
  readRetained,
  type RetainedGrant,
  revokeTokensOfEnded,
  takeEndedWindow,
} from "./custodian-store.ts";
import { writeEventOnce } from "./event-store.ts";
import type { WindowKey } from "./window-store.ts";

export type DestroyParts = { readonly database: Database; readonly keys: KeyRing; readonly clock: () => number };

/** What the destruction of a credential's key cannot reach besides what no destruction of a file can. */
const CREDENTIAL_ALSO = "the credential itself at the lab and at its upstream: it is good there until the lab revokes it";

/**
 * Finishes a window that is over: its key file goes first, then, in one transaction, what was sealed under it, the grants and tokens, the certificate
 * with its statement, and what everyone is told. Until that transaction holds the window counts as unfinished, and the next round repeats all of it.
 */
export async function finishWindow({ database, keys, clock }: DestroyParts, key: WindowKey): Promise<void> {
  const ended = await database.transaction("custodian", (transaction) => findEndedWindow(transaction, key));
  if (ended === undefined) return;
  const keyName = credentialKeyOf(ended.id);
  if (ended.custody === "here") keys.reload();
  const wasGiven = ended.custody === "here" && (ended.has_credential || keys.heldGrantKey(keyName) !== undefined);
  const destruction = wasGiven ? keys.destroyGrantKey(keyName) : undefined;
  await database.transaction("custodian", async (transaction) => {
    const row = await takeEndedWindow(transaction, key);
    if (row === undefined) return;
    const atMs = clock();
    const about = { lab: row.organisation_id, model: row.enrolment_id, desk: row.desk_organisation_id, window: row.id };
    const details = { because: row.ended_because, endedAt: row.ended_at?.toISOString() ?? null, credential: destruction !== undefined };
    const isFirst = await writeEventOnce(transaction, `window-closed:${row.id}`, {
      ...about,
      kind: "window-closed",
      details,
      forGrantees: true,
      atMs,
    });
    if (!isFirst) return;
    await deleteCredential(transaction, key);
    const grantees = await endGrantsOf(transaction, key, atMs);
    await revokeTokensOfEnded(transaction, atMs, row.enrolment_id);
    if (destruction !== undefined) {
      const cannotReach = [...destruction.cannotReach, CREDENTIAL_ALSO];
      await certify(transaction, { ...about, what: "credential", destruction: { ...destruction, cannotReach } }, atMs);
    }
    await tellClosed(transaction, row, { grantees, wasGiven, atMs });
  });
}

/** Destroys the record keys of grants whose retention is over. Returns how many. */
export async function destroyRetained({ database, keys, clock }: DestroyParts): Promise<number> {
  keys.reload();
  const held = keys.list().flatMap(({ id }) => /^grant-([\da-f-]{36})-record$/.exec(id)?.[1] ?? []);
  const due = (await readRetained(database, held)).filter(
    ({ ended_at, retention_days }) => ended_at.getTime() + retention_days * DAY_MS <= clock(),
  );
  for (const grant of due) await destroyRecord({ database, keys, clock }, grant);
  return due.length;
}

const DAY_MS = 24 * 60 * 60 * 1000;

async function destroyRecord({ database, keys, clock }: DestroyParts, grant: RetainedGrant): Promise<void> {
  const destroyed = keys.destroyGrantKey(recordKeyOf(grant.grant));
  const destruction = { ...destroyed, cannotReach: [...destroyed.cannotReach, RECORD_CANNOT_REACH] };
  await database.transaction("custodian", async (transaction) => {
    const { lab, model, desk, window, grantee } = grant;
    await certify(transaction, { lab, model, desk, window, grantee, grant: grant.grant, what: "record", destruction }, clock());
  });
}

/**
 * Writes down what became of a key: the certificate, a statement in the lab's name in the ledger, and the event. False = it was written before.
 * In a transaction of the custodian.
 */
export async function certify(transaction: Transaction, gone: GoneKey, atMs: number): Promise<boolean> {
  if (!(await insertCertificate(transaction, gone))) return false;
  const { lab, model, desk, window, grant, grantee, what, gateway, destruction } = gone;
  const facts = {
    model,
    window,
    grant: grant ?? null,
    what,
    keyId: destruction.keyId,
    file: destruction.file,
    gateway: gateway ?? null,
    destroyedAt: new Date(destruction.destroyedMs).toISOString(),
    cannotReach: [...destruction.cannotReach],
  };
  await recordStatement(transaction, { organisationId: lab, kind: "key.destroyed", facts, atMs });
  const onHost = gateway === undefined ? "" : ` ${gateway}`;
  await writeEventOnce(transaction, `key-destroyed:${destruction.keyId}${onHost}`, {
    lab,
    model,
    desk,
    window,
    kind: "key-destroyed",
    details: { what, keyId: destruction.keyId, ...(gateway === undefined ? {} : { gateway }) },
    forGrantees: true,
    ...(grantee === undefined ? {} : { grantee }),
    atMs,
  });
  return true;
}

type Told = { readonly grantees: readonly string[]; readonly wasGiven: boolean; readonly atMs: number };

async function tellClosed(transaction: Transaction, row: EndedWindow, { grantees, wasGiven, atMs }: Told): Promise<void> {
  const lab = row.organisation_id;
  // Of a withdrawal they are told as such.
  const told = row.ended_because === "withdrawn" ? [] : [...new Set([row.desk_organisation_id, ...grantees])];
  for (const circleId of told) await announce(transaction, { kind: "window-closed", circleId, organisationId: lab, atMs });
  const kind = wasGiven || row.custody === "premises" ? "revocation-asked" : "window-closed";
  await announce(transaction, { kind, circleId: lab, organisationId: lab, atMs });
}
