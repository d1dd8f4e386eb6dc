import { modelTerms } from "../../contract/model-schemas.ts";

const ofGateways = modelTerms.pick({ probes: true, passLabHeaders: true });

/** What of an enrolment's terms a gateway goes by, from the text that the database keeps. What is not stated is not agreed to. */
export function orderedTerms(text: string): {
  readonly probes: { callsPerDay: number; tokensPerDay: number } | undefined;
  readonly passLabHeaders: boolean;
} {
  const { probes, passLabHeaders } = ofGateways.parse(JSON.parse(text));
  return { probes, passLabHeaders };
}
