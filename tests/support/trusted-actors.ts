import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { openKeyRing, type KeyRing } from "../../src/sealing/key-ring.ts";
import { trustActorKeys } from "../../src/server/actors/actor-key-store.ts";
import { createActorSigner, type ActorStatement } from "../../src/server/actors/sign-actor.ts";
import type { OwnedDatabase, SignedActor } from "../../src/server/database/database.ts";
import { sql } from "../../src/server/database/sql.ts";
import { invariant } from "../../src/vocabulary/invariant.ts";
import type { MemberRole, OrganisationKind } from "../../src/vocabulary/organisation.ts";

/** A member of an organisation made for a test. */
export type TestMember = { readonly organisation: string; readonly person: string };

/** A database that trusts keys of its own, with organisations made on demand; the clock is the test's. */
export type TrustedActors = {
  readonly keys: KeyRing;
  readonly setClock: (ms: number) => void;
  readonly clock: () => number;
  readonly makeOrganisation: (name: string, kind?: OrganisationKind, excluded?: boolean) => Promise<string>;
  readonly makeMember: (organisation: string, role?: MemberRole) => Promise<TestMember>;
  /** As the server would sign it now. */
  readonly as: (member: TestMember, more?: Partial<ActorStatement>) => SignedActor;
};

/** What the keys of a test are sealed with. */
export const TEST_MASTER = new Uint8Array(32).fill(7);

export const TEST_NOW = Date.UTC(2026, 10, 25, 9);

export async function withTrustedActors<T>(database: OwnedDatabase, work: (actors: TrustedActors) => Promise<T>): Promise<T> {
  const root = await mkdtemp(join(tmpdir(), "sluice-keys-"));
  let nowMs = TEST_NOW;
  const clock = (): number => nowMs;
  try {
    const keys = await openKeyRing({ directory: join(root, "keys"), master: TEST_MASTER });
    await trustActorKeys(database, keys);
    const sign = createActorSigner(keys, clock);
    return await work({
      keys,
      clock,
      setClock: (ms) => {
        nowMs = ms;
      },
      makeOrganisation: (name, kind = "vendor", excluded = false) => makeOrganisation(database, { name, kind, excluded, atMs: clock() }),
      makeMember: (organisation, role = "administrator") => makeMember(database, { organisation, role, atMs: clock() }),
      as: (member, more = {}) => sign({ ...member, session: undefined, floor: 1, secondFactor: true, ...more }),
    });
  } finally {
    await rm(root, { recursive: true });
  }
}

type NewOrganisation = { readonly name: string; readonly kind: OrganisationKind; readonly excluded: boolean; readonly atMs: number };

async function makeOrganisation(database: OwnedDatabase, { name, kind, excluded, atMs }: NewOrganisation): Promise<string> {
  const [row] = await database.query<{ id: string }>(
    "keeper",
    sql`insert into organisation (kind, name, has_intelligence_function, created_at) values (${kind}, ${name}, ${excluded}, ${new Date(atMs)}) returning id`,
  );
  invariant(row !== undefined, "an insert returns its row");
  return row.id;
}

type NewMember = { readonly organisation: string; readonly role: MemberRole; readonly atMs: number };

async function makeMember(database: OwnedDatabase, { organisation, role, atMs }: NewMember): Promise<TestMember> {
  return database.transaction("keeper", async (transaction) => {
    const [row] = await transaction.query<{ id: string }>(sql`insert into person (created_at) values (${new Date(atMs)}) returning id`);
    invariant(row !== undefined, "an insert returns its row");
    await transaction.run(
      sql`insert into member (organisation_id, person_id, name, role, since) values (${organisation}, ${row.id}, 'A member', ${role}, ${new Date(atMs)})`,
    );
    return { organisation, person: row.id };
  });
}
