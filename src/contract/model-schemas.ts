import { z } from "zod";
import { BOUND_SOURCES, CLOSING_CAUSES, GRANT_KINDS, WINDOW_STATES } from "../vocabulary/access-window.ts";
import { CUSTODIES, ENROLMENT_SIDES } from "../vocabulary/enrolment.ts";
import { MODEL_WIRES, OUTSIDE_FEATURES, PROBE_OCCASIONS, PROBE_VERDICTS } from "../vocabulary/exchange.ts";
import { zonedHour } from "./stated-hour.ts";

const words = (most: number): z.ZodString => z.string().trim().min(1).max(most);
export const purposeText = words(200);
const count = z.number().int().min(0);
/** Beyond this a number of JavaScript is not whole any more. */
const amount = z.number().int().min(1).max(Number.MAX_SAFE_INTEGER);

/** Without a name where one does not know it. */
export const namedOrganisation = z.object({ id: z.string(), name: z.string().optional() });

export const modelTerms = z.object({
  purposes: z
    .array(purposeText)
    .min(1)
    .max(20)
    .refine((purposes) => new Set(purposes).size === purposes.length, "expected each purpose once")
    .describe("What the model may be used for; each grant and each token names some of these"),
  retentionDays: z
    .number()
    .int()
    .min(0)
    .max(3650)
    .describe("So many days after a window's end the key of its recorded exchanges is destroyed"),
  destruction: words(4000).describe("What those who use it destroy when a window has ended"),
  confidentiality: words(4000),
  whoMaySee: words(4000).describe("Who may see which results and transcripts"),
  probes: z
    .object({ callsPerDay: z.number().int().min(1).max(100_000), tokensPerDay: amount })
    .optional()
    .describe("Identity probes that the lab agrees to pay for; absent = none"),
  passLabHeaders: z.boolean().default(false).describe("Whether the lab's request ids and organisation headers reach who asks"),
  partnersEndAtPublicRelease: z.boolean().default(true).describe("Partner stages close at the public release at the latest"),
  contacts: z
    .array(z.object({ name: words(200), reach: words(300), role: z.string().trim().max(200).default("") }))
    .min(1)
    .max(20),
});
export type ModelTerms = z.output<typeof modelTerms>;

export const statedVersion = z.object({
  name: words(200).describe("As those who use it name it"),
  baseUrl: z
    .url({ protocol: /^https?$/, error: "expected an http or https address" })
    .max(2000)
    .refine((text) => isPlainAddress(text), "expected an address without user, password, query and fragment")
    .describe("Up to what the wire adds, such as `https://models.lab.example/v1`"),
  upstreamName: words(200).describe("As the lab's own server names it"),
  asksStreamUsage: z
    .boolean()
    .default(true)
    .describe(
      "Of streamed chat completions: whether the gateway adds `stream_options.include_usage`, which some servers refuse. False: nothing is added, and a stream that states no usage is charged as reserved",
    ),
});
export type StatedVersion = z.output<typeof statedVersion>;

export const programmeSchema = z.object({
  id: z.string(),
  name: z.string(),
  title: z.string(),
  citation: z.string(),
  citedOn: z.string(),
  source: z.enum(["primary", "secondary"]).describe("`secondary`: the instrument itself governs the wording"),
  rule: z.string(),
  days: z.number().int().describe("A testing window lies within so many days before the planned release to other trusted partners"),
});

const bound = z.object({
  edge: z.enum(["opens", "closes"]),
  by: z.enum(BOUND_SOURCES),
  at: zonedHour,
  programme: z.string().optional(),
  words: z.string(),
  inForce: z.boolean(),
  sets: z.boolean().describe("True where the window opens or closes at this hour"),
});

/** A gateway of a lab's own that holds, held or may have held a key: of a window's credential, or of a grant's recorded exchanges. */
export const keyPlace = z.object({
  gateway: z.string().describe("As it is known in the books, behind the id of its credential"),
  name: z.string().optional().describe("Of its credential, as its lab calls it; told to the lab"),
  state: z
    .enum(["destroyed", "not-stated"])
    .describe("`not-stated`: nobody here knows whether the key is there, was destroyed or ever was"),
  destroyedAtMs: z.number().optional(),
});
export type KeyPlaceAnswer = z.output<typeof keyPlace>;

export const windowSchema = z.object({
  id: z.string(),
  model: z.string(),
  kind: z.enum(GRANT_KINDS),
  position: z.number().int(),
  name: z.string(),
  state: z.enum(WINDOW_STATES),
  stated: z.object({ opens: zonedHour, closes: zonedHour.optional() }).describe("The lab's own hours"),
  opens: bound,
  closes: bound.optional().describe("Absent = nothing closes it but the lab's word"),
  bounds: z.array(bound).describe("All that were weighed, the tightest first"),
  leavesNothing: z.boolean().describe("As things stand it is not open again"),
  firstOpenedMs: z.number().optional(),
  closed: z.object({ atMs: z.number(), by: z.enum(CLOSING_CAUSES) }).optional(),
  credential: z
    .enum(["missing", "given", "destroyed", "premises"])
    .optional()
    .describe(
      "Told to the lab; the credential itself is told to nobody. `destroyed`: where it was kept here, or at every gateway of `credentialAt`",
    ),
  credentialAt: z
    .array(keyPlace)
    .optional()
    .describe(
      "Of a window that is over and was reached from the lab's premises: where its credential was or may have been. Told to the lab",
    ),
  newestProbe: z.object({ occasion: z.enum(PROBE_OCCASIONS), verdict: z.enum(PROBE_VERDICTS), atMs: z.number() }).optional(),
});
export type WindowAnswer = z.output<typeof windowSchema>;

export const modelRow = z.object({
  id: z.string(),
  name: z.string(),
  wire: z.enum(MODEL_WIRES),
  custody: z.enum(CUSTODIES),
  lab: namedOrganisation,
  desk: namedOrganisation,
  side: z.enum(ENROLMENT_SIDES).describe("From which one's own organisation sees it"),
  partnerRelease: zonedHour.describe("The planned release to other trusted partners"),
  publicRelease: zonedHour.optional(),
  enrolledAtMs: z.number(),
  termsVersion: z.number().int().describe("Of the terms that hold now; 1 = as the model was offered"),
  withdrawnAtMs: z.number().optional(),
});
export type ModelRowAnswer = z.output<typeof modelRow>;

/** A row of the list: with how it stands. */
export const listedModel = modelRow.extend({
  window: z
    .object({
      name: z.string(),
      kind: z.enum(GRANT_KINDS),
      state: z.enum(WINDOW_STATES),
      opensAtMs: z.number(),
      closesAtMs: z.number().optional().describe("Absent = nothing closes it but the lab's word"),
      closedAtMs: z.number().optional(),
    })
    .optional()
    .describe("Of the windows that one may know of, the one that is open; else the next; else the one that closed last"),
});
export type ListedModelAnswer = z.output<typeof listedModel>;

export const versionSchema = z.object({
  id: z.string(),
  name: z.string(),
  addedAtMs: z.number(),
  retiredAtMs: z.number().optional(),
  asksStreamUsage: z
    .boolean()
    .describe(
      "False: the gateway does not ask for the usage of streamed chat completions, and one that states none is charged as reserved",
    ),
  endpoint: z.object({ baseUrl: z.string(), upstreamName: z.string() }).optional().describe("Told to the lab"),
});

export const modelSchema = modelRow.extend({
  terms: modelTerms.describe("Those that hold now"),
  versions: z.array(versionSchema),
  programmes: z.array(programmeSchema).describe("Those that bound its testing windows"),
  windows: z.array(windowSchema).describe("As far as one's own organisation may know of them"),
});
export type ModelAnswer = z.output<typeof modelSchema>;

export const budgetText = z.object({ requests: amount, tokens: amount });

export const statedGrant = {
  purposes: z.array(purposeText).min(1).max(20).describe("Some of the terms' purposes"),
  budget: budgetText,
  requestsPerMinute: z.number().int().min(1).max(1_000_000).default(60),
  outside: z.array(z.enum(OUTSIDE_FEATURES)).max(OUTSIDE_FEATURES.length).default([]).describe("What may leave the sandbox all the same"),
};

export const grantSchema = z.object({
  id: z.string(),
  model: z.object({
    id: z.string(),
    name: z.string(),
    wire: z.enum(MODEL_WIRES),
    termsVersion: z.number().int().describe("Of the terms that hold now, for new grants"),
  }),
  lab: namedOrganisation,
  desk: namedOrganisation,
  organisation: namedOrganisation,
  window: z.object({
    id: z.string(),
    kind: z.enum(GRANT_KINDS),
    name: z.string(),
    state: z.enum(WINDOW_STATES),
    opens: zonedHour,
    closes: zonedHour.optional(),
  }),
  purposes: z.array(z.string()),
  budget: z.object({ requests: count, tokens: count }),
  reserved: z.object({ requests: count, tokens: count }).describe("Taken by gateways and not settled yet"),
  spent: z.object({ requests: count, tokens: count }).describe("May exceed the budget: usage is the upstream's to say"),
  unaccounted: z
    .object({ requests: count, tokens: count })
    .describe("Part of `spent`: charged because the gateway that had taken it was ended. Nobody stated what of it was spent"),
  left: z.object({ requests: count, tokens: count }),
  requestsPerMinute: count,
  outside: z.array(z.enum(OUTSIDE_FEATURES)),
  madeAtMs: z.number(),
  termsVersion: z.number().int().describe("The version of the model's terms that it was made under and stays under"),
  endedAtMs: z.number().optional(),
});
export type GrantAnswer = z.output<typeof grantSchema>;

function isPlainAddress(text: string): boolean {
  if (!URL.canParse(text)) return false;
  const { username, password, search, hash } = new URL(text);
  return username === "" && password === "" && search === "" && hash === "" && !/[?#]/.test(text);
}
