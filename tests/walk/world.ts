import { createActorSigner } from "../../src/server/actors/sign-actor.ts";
import type { OwnedDatabase } from "../../src/server/database/database.ts";
import { seededRandom } from "../support/seeded-random.ts";
import { withTrustedActors } from "../support/trusted-actors.ts";
import { FILLED_IN } from "./additions.ts";
import { createDraw, MINUTE_MS, type Draw } from "./draw.ts";
import { createFacts, type Fact } from "./oracle/facts.ts";
import { invariant } from "../../src/vocabulary/invariant.ts";
import { JOB_SEES } from "./oracle/jobs.ts";
import { SEES, type Viewer } from "./oracle/who-sees.ts";
import { insertOf, readShape, type Shape } from "./shape.ts";
import type { SignedActor } from "../../src/server/database/database.ts";

/** Every confidential table that the oracle knows, shown to members or to jobs. */
const TOLD = new Set([...Object.keys(SEES), ...Object.values(JOB_SEES).flatMap((sees) => Object.keys(sees))]);

export type World = {
  readonly draw: Draw;
  readonly shape: Shape;
  readonly sign: (viewer: Viewer) => SignedActor;
  readonly signLongAgo: (viewer: Viewer) => SignedActor;
};

const KINDS = ["coordinator", "vendor", "operator", "agency", "lab", "lab", "maintainer"] as const;
const START_MS = Date.UTC(2026, 10, 25, 9);

/** An empty database with some organisations and members, told to an oracle. */
export async function withWorld<T>(database: OwnedDatabase, seed: number, work: (world: World) => Promise<T>): Promise<T> {
  const shape = await readShape(database);
  const untold = [...shape.keys()].filter((table) => !TOLD.has(table));
  invariant(
    untold.length === 0,
    `the oracle is told nothing of ${untold.join(", ")}: say in tests/walk/oracle who sees and who writes them`,
  );
  await database.asOwner((transaction) => transaction.script(`truncate ${[...shape.keys()].join(", ")} cascade`));
  return withTrustedActors(database, async (actors) => {
    const facts = createFacts(START_MS);
    const draw = createDraw(seededRandom(seed), facts);
    for (const [table, fact] of peopleOf(draw)) {
      await database.query("keeper", insertOf(table, fact));
      facts.tell(table, { ...FILLED_IN[table], ...fact });
    }
    const sign = ({ floor, secondFactor, ...member }: Viewer): SignedActor => {
      actors.setClock(facts.nowMs());
      return actors.as(member, { floor, secondFactor });
    };
    const signOld = createActorSigner(actors.keys, facts.nowMs, () => Date.now() - 60 * MINUTE_MS);
    return work({ draw, shape, sign, signLongAgo: (viewer) => signOld({ ...viewer, session: undefined }) });
  });
}

function peopleOf(draw: Draw): readonly (readonly [string, Fact])[] {
  const rows: (readonly [string, Fact])[] = [];
  const persons: string[] = [];
  for (const kind of KINDS) {
    const organisation = draw.uuid();
    rows.push([
      "organisation",
      {
        id: organisation,
        kind,
        name: draw.text(),
        sector: null,
        country: null,
        has_intelligence_function: kind === "agency",
        created_at: draw.hour(),
      },
    ]);
    for (const role of ["administrator", "editor", draw.random.pick(["reader", "auditor"])]) {
      // Some people are members of two organisations.
      const known = persons.length > 3 && draw.random.oneIn(5) ? draw.random.pick(persons.slice(0, -3)) : undefined;
      const person = known ?? draw.uuid();
      if (known === undefined) rows.push(["person", { id: person, kind: "human", created_at: draw.hour() }]);
      if (rows.some(([table, fact]) => table === "member" && fact["organisation_id"] === organisation && fact["person_id"] === person))
        continue;
      persons.push(person);
      rows.push([
        "member",
        {
          organisation_id: organisation,
          person_id: person,
          name: draw.text(),
          email: draw.text(),
          role,
          since: draw.hour(),
          revoked_at: null,
          revoked_by: null,
        },
      ]);
    }
  }
  return rows;
}
