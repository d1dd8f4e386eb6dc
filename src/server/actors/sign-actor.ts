import { actorMac } from "../../sealing/actor-seal.ts";
import type { KeyRing } from "../../sealing/key-ring.ts";
import type { SignedActor } from "../database/database.ts";

/** Whom the server vouches for. */
export type ActorStatement = {
  readonly person: string;
  readonly organisation: string;
  /** Of the session or the token, for the read-in register; undefined = neither. */
  readonly session: string | undefined;
  readonly floor: number;
  readonly secondFactor: boolean;
};

export type SignActor = (statement: ActorStatement) => SignedActor;

/** How long a signed actor holds, by the database's own clock: longer than any transaction. */
export const ACTOR_LIFE_MS = 2 * 60 * 1000;

/**
 * Signs actors with the ring's current key. `clock` is the time that decides who sees what; `wallClock` is held against the database's.
 * The shape is read by `actor_claims()` in migrations/000005_organisations.sql.
 */
export function createActorSigner(keys: KeyRing, clock: () => number, wallClock: () => number = Date.now): SignActor {
  return ({ person, organisation, session, floor, secondFactor }) => {
    const fields = [
      "v1",
      person,
      organisation,
      session ?? "",
      floor,
      secondFactor ? "t" : "f",
      Math.trunc(clock()),
      wallClock() + ACTOR_LIFE_MS,
    ];
    const payload = fields.join("|");
    return { signed: `${payload}.${actorMac(keys.current("actor").secret, payload)}` };
  };
}
