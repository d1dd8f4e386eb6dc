import type { Verb } from "../../../src/vocabulary/organisation.ts";
import type { Eyes } from "./who-sees.ts";

type About = "model.read" | "model.enrol" | "model.test" | "model.stop" | "model.request" | "partner.decide" | "installation.manage";
type MayAsk = (eyes: Pick<Eyes, "role" | "kind">) => boolean;

const writes: MayAsk = ({ role }) => role === "administrator" || role === "editor";
const isASide: MayAsk = ({ kind }) => kind === "lab" || kind === "coordinator" || kind === "agency";

/** Who may ask at all, whatever of it there is: by role and kind of organisation alone. */
export const MAY_ASK: Readonly<Record<About & Verb, MayAsk>> = {
  "model.read": () => true,
  "model.enrol": (eyes) => writes(eyes) && eyes.kind === "lab",
  "model.test": writes,
  "model.stop": (eyes) => writes(eyes) && isASide(eyes),
  "model.request": (eyes) => writes(eyes) && (eyes.kind === "coordinator" || eyes.kind === "agency"),
  "partner.decide": (eyes) => eyes.role === "administrator" && isASide(eyes),
  "installation.manage": ({ role, kind }) => role === "administrator" && kind === "coordinator",
};
