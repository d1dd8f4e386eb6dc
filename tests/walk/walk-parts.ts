import type { SignedActor } from "../../src/server/database/database.ts";
import type { Draw } from "./draw.ts";
import type { Hands } from "./hands.ts";
import type { Viewer } from "./oracle/who-sees.ts";
import type { Shape } from "./shape.ts";

export type WalkParts = {
  readonly hands: Hands;
  readonly draw: Draw;
  readonly shape: Shape;
  readonly sign: (viewer: Viewer) => SignedActor;
  /** As it was signed an hour ago, by every clock. */
  readonly signLongAgo: (viewer: Viewer) => SignedActor;
  /** Nothing that is written stays, and the oracle is told nothing. */
  readonly dry?: boolean;
};
