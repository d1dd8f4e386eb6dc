import { fieldsOf, nominated, valuesOf, type RawHeaders } from "./raw-headers.ts";

export type AnswerHeaderTerms = {
  /** The terms let the lab's request ids and organisation headers reach whoever asks. */
  readonly passLabHeaders: boolean;
};

/** The head that goes back to the client, as name and value pairs. An allow-list: cookies, hop-by-hop and unknown fields stay here. */
export function answerHeaders(raw: RawHeaders, { passLabHeaders }: AnswerHeaderTerms): [name: string, value: string][] {
  const forThisHop = nominated(raw);
  return [...fieldsOf(raw)]
    .filter(([name]) => !forThisHop.has(name) && (isPassed(name) || (passLabHeaders && ofTheLab(name))))
    .map(([name, value]) => [name, value]);
}

/** Why an answer's head cannot be passed on, in words, or undefined. */
export function answerHeadFault(status: number, raw: RawHeaders, clientAccepts: string | undefined): string | undefined {
  if (status < 200 || status > 599) return `Expected a status from 200 to 599, found ${status}`;
  // Following would let upstream name another host; passing it on would lead the client there without the gateway.
  if (status >= 300 && status < 400) return `Expected an answer, found a redirection (${status})`;
  for (const name of ["content-length", "content-type", "content-encoding"]) {
    if (valuesOf(raw, name).length > 1) return `Expected one \`${name}\` header, found ${valuesOf(raw, name).length}`;
  }
  const coding = valuesOf(raw, "content-encoding")[0]?.trim().toLowerCase() ?? "identity";
  if (coding !== "identity" && !isAccepted(coding, clientAccepts))
    return `Expected an answer without content-encoding, found ${coding.slice(0, 40)}`;
  return undefined;
}

function isPassed(name: string): boolean {
  return ALWAYS.has(name) || /^(?:x-ratelimit-(?:limit|remaining|reset)-|anthropic-ratelimit-)[\w-]{1,60}$/.test(name);
}

const ALWAYS = new Set([
  "content-type",
  "content-length",
  "content-encoding",
  "cache-control",
  "retry-after",
  "retry-after-ms",
  "x-should-retry",
  "openai-processing-ms",
  "openai-version",
]);

function ofTheLab(name: string): boolean {
  return OF_THE_LAB.has(name);
}

const OF_THE_LAB = new Set([
  "x-request-id",
  "request-id",
  "openai-organization",
  "openai-project",
  "anthropic-organization-id",
  "anthropic-workspace-id",
]);

function isAccepted(coding: string, accepts: string | undefined): boolean {
  return (accepts ?? "").split(",").some((entry) => {
    const [name, ...parameters] = entry.split(";").map((part) => part.trim().toLowerCase());
    return (name === coding || name === "*") && !parameters.some((parameter) => /^q=0(?:\.0*)?$/.test(parameter));
  });
}
