import { z } from "zod";
import { DRAFT_LEVELS } from "../../vocabulary/level.ts";
import { PLAN_STATES, RELEASE_EVENTS } from "../../vocabulary/release-plan.ts";
import { endpoint } from "../endpoint.ts";
import { noBody, nothing } from "../schemas.ts";
import { statedHour, zonedHour as hour } from "../stated-hour.ts";

const MAX_BODY_BYTES = 256 * 1024;

const level = z.enum(DRAFT_LEVELS);
const event = z.enum(RELEASE_EVENTS);
const words = z.string().trim().min(1).max(2000);
const statedStage = z.object({
  id: z.uuid().optional().describe("Of the stage that this one replaces; absent = a new one"),
  // The circle of everyone signed in has an id of no UUID version.
  circle: z.guid().optional().describe("Absent = everyone: the public stage, which is the last"),
  level,
  opens: statedHour.optional(),
  on: z.array(event).max(RELEASE_EVENTS.length).default([]),
  closes: statedHour.optional(),
});
export type StatedStage = z.output<typeof statedStage>;

const statedPlan = z.object({
  stages: z.array(statedStage).max(100).describe("In the order in which they open"),
  consenters: z
    .array(z.uuid())
    .max(100)
    .optional()
    .describe("Organisations that have a say beside the owner; can be changed until the plan is agreed"),
});

const stage = z.object({
  id: z.string(),
  circle: z.string().optional(),
  level,
  opens: hour.optional(),
  on: z.array(event),
  closes: hour.optional(),
});

const problem = z.object({
  code: z.string(),
  severity: z.enum(["refused", "warned"]),
  stage: z.string().optional(),
  message: z.string(),
});

const previewRow = z.object({
  id: z.string(),
  name: z.string(),
  levels: z.array(level.nullable()).describe("One a moment; null = nothing, not even that it exists"),
  ifEnded: level.nullable().describe("At once after a leak"),
});

const preview = z.object({
  momentsMs: z.array(z.number()).describe("When something changes for somebody; the first is now"),
  circles: z.array(previewRow),
  organisations: z.array(previewRow),
  everyone: previewRow,
});

const circle = z.object({
  id: z.string(),
  name: z.string(),
  organisations: z.number().int().optional().describe("Absent = that is for the circle's owner to know"),
  entered: z.number().int().optional().describe("How many of them meet its conditions"),
  needs: z.array(z.string()).describe("What one needs to get in, in words"),
  isOrganisation: z.boolean().describe("The own circle of one organisation: its id is the organisation's"),
});

const openedStage = z.object({ stage: z.string(), atMs: z.number(), plannedMs: z.number(), by: z.string() });

const change = z.object({ stage: z.string().optional(), weight: z.enum(["refused", "consent", "free"]), message: z.string() });

const answered = z.object({
  state: z.enum(PLAN_STATES),
  revision: z.number().int(),
  stages: z.array(stage),
});

const plan = z.object({
  draft: z.string(),
  advisory: z.string(),
  owner: z.object({ id: z.string(), name: z.string() }),
  isOwner: z.boolean(),
  state: z.enum(PLAN_STATES),
  revision: z.number().int(),
  agreedAtMs: z.number().optional(),
  stages: z.array(stage),
  opened: z.array(openedStage),
  consenters: z.array(z.object({ id: z.string(), name: z.string() })),
  holds: z.array(z.object({ organisation: z.string(), name: z.string(), reason: z.string(), atMs: z.number(), mine: z.boolean() })),
  events: z.array(z.object({ event, reason: z.string(), atMs: z.number() })),
  given: z
    .array(z.object({ circle: z.string(), level, sinceMs: z.number() }))
    .describe("What circles see beside the plan: its owner sees all of it"),
  excluded: z
    .array(z.object({ id: z.string(), name: z.string() }))
    .describe("Organisations that the plan would reach, but for their intelligence or law-enforcement function"),
  exceptions: z.array(z.object({ organisation: z.string(), name: z.string(), reason: z.string(), atMs: z.number() })),
  proposed: z
    .object({
      revision: z.number().int(),
      stages: z.array(stage),
      changes: z.array(change),
      consents: z.array(z.object({ organisation: z.string(), name: z.string(), agrees: z.boolean(), atMs: z.number() })),
      waitingFor: z.array(z.string()).describe("Names of organisations that see the case and have not answered"),
      mayAnswer: z.boolean(),
    })
    .optional()
    .describe("An amendment that waits for consent; the running plan binds meanwhile"),
  circles: z.array(circle).describe("Those of the stages, and those that a stage could open to"),
  problems: z.array(problem),
  preview,
  clockHeld: z.string().optional().describe("Why nothing opens by the hour: the server's clocks are apart"),
  nowMs: z.number(),
});

const check = z.object({
  stages: z.array(stage).describe("As they were understood"),
  problems: z.array(problem),
  preview,
  openings: z.array(openedStage).describe("What would open, in order, if the plan runs by its hours"),
  amends: z
    .object({
      changes: z.array(change),
      consent: z.array(z.string()).describe("Names of those who would have to agree"),
      refused: z.boolean(),
    })
    .optional()
    .describe("How it differs from the running plan; absent while none runs"),
});

const ofDraft = {
  params: z.object({ draft: z.string().max(100) }),
  query: nothing,
  errors: "problem",
  answerType: "application/json",
} as const;
const post = { ...ofDraft, method: "POST", bodyKind: "json", bodyLimitBytes: MAX_BODY_BYTES } as const;

export const readReleasePlan = endpoint({
  ...ofDraft,
  id: "readReleasePlan",
  method: "GET",
  path: "/api/drafts/{draft}/release-plan",
  title: "The release plan of a draft advisory",
  description:
    "Stages, what has opened, holds, what was proposed, the checks as of now, and who would see what when. For those who see the case.",
  access: "draft.read",
  bodyKind: "none",
  body: noBody,
  bodyLimitBytes: 0,
  answer: plan,
});

export const checkReleasePlan = endpoint({
  ...post,
  id: "checkReleasePlan",
  path: "/api/drafts/{draft}/release-plan/check",
  title: "Dry run of a release plan",
  description: "Checks stages that were not saved, and runs them through their hours in thought. Nothing is written and nothing opens.",
  access: "draft.read",
  body: statedPlan,
  answer: check,
});

export const writeReleasePlan = endpoint({
  ...post,
  id: "writeReleasePlan",
  path: "/api/drafts/{draft}/release-plan",
  title: "Write the release plan",
  description: "Replaces the stages while nobody is bound by them. Once the plan is agreed, an amendment changes it.",
  access: "draft.write",
  body: statedPlan,
  answer: answered,
});

export const agreeReleasePlan = endpoint({
  ...post,
  id: "agreeReleasePlan",
  path: "/api/drafts/{draft}/release-plan/agree",
  title: "Agree to the release plan",
  description: "From now on its stages open by themselves. Refused while a check refuses.",
  access: "release.decide",
  body: z.object({ revision: z.number().int().describe("That one has read") }),
  answer: answered,
});

export const proposeAmendment = endpoint({
  ...post,
  id: "proposeAmendment",
  path: "/api/drafts/{draft}/release-plan/amendments",
  title: "Propose a change of the release plan",
  description:
    "What only narrows binds at once. What opens anything earlier, to more people or at a more confidential level, or moves the public hour, waits until every consenter who sees the case has agreed.",
  access: "release.decide",
  body: statedPlan.pick({ stages: true }).extend({ revision: z.number().int().describe("Of the running plan that one has read") }),
  answer: answered.extend({ inForce: z.boolean() }),
});

export const answerAmendment = endpoint({
  ...post,
  id: "answerAmendment",
  path: "/api/drafts/{draft}/release-plan/amendments/answer",
  title: "Agree to a change of the release plan, or refuse it",
  description: "One answer an organisation. With the last consent the change binds.",
  access: "release.decide",
  body: z.object({ revision: z.number().int(), agrees: z.boolean() }),
  answer: answered.extend({ inForce: z.boolean() }),
});

export const withdrawAmendment = endpoint({
  ...post,
  id: "withdrawAmendment",
  path: "/api/drafts/{draft}/release-plan/amendments/withdraw",
  title: "Withdraw a proposed change",
  description: "By the owner, before it binds.",
  access: "release.decide",
  body: z.object({ revision: z.number().int() }),
  answer: answered,
});

export const holdReleasePlan = endpoint({
  ...post,
  id: "holdReleasePlan",
  path: "/api/drafts/{draft}/release-plan/hold",
  title: "Hold the release plan",
  description: "Nothing opens until the hold is lifted by who made it. By the owner or a consenter.",
  access: "release.decide",
  body: z.object({ reason: words }),
  answer: answered,
});

export const liftHold = endpoint({
  ...post,
  id: "liftHold",
  path: "/api/drafts/{draft}/release-plan/lift",
  title: "Lift one's hold",
  description: "What was due meanwhile opens at once, in the order that was planned, unless another hold remains.",
  access: "release.decide",
  body: nothing,
  answer: answered,
});

export const stateReleaseEvent = endpoint({
  ...post,
  id: "stateReleaseEvent",
  path: "/api/drafts/{draft}/release-plan/events",
  title: "State that something happened",
  description: "Opens the stages that wait for it. By the owner; it cannot be taken back.",
  access: "release.decide",
  body: z.object({ event: z.enum(["patch-ready", "leak", "exploitation"]), reason: z.string().trim().max(2000).default("") }),
  answer: answered,
});

export const endEmbargoEarly = endpoint({
  ...post,
  id: "endEmbargoEarly",
  path: "/api/drafts/{draft}/release-plan/end",
  title: "End the embargo early",
  description:
    "Everything is public at once. By the owner alone for a leak or exploitation, over any hold; otherwise only while nobody else has a say: with others, propose an earlier public hour.",
  access: "release.decide",
  body: z.object({ because: z.enum(["leak", "exploitation", "agreed"]), reason: words }),
  answer: answered,
});

export const makeException = endpoint({
  ...post,
  id: "makeException",
  path: "/api/drafts/{draft}/release-plan/exceptions",
  title: "Let an excluded organisation see what its circles see",
  description:
    "For one organisation with an intelligence or law-enforcement function, in this draft only. By an administrator of the owner; the participants see it and it cannot be taken back.",
  access: "release.decide",
  body: z.object({ organisation: z.uuid(), reason: words }),
  answer: answered,
});

export const trustClock = endpoint({
  id: "trustClock",
  method: "POST",
  path: "/api/releases/trust-clock",
  title: "Say that the server's clock is right",
  description: "Openings by the hour hold once the clock was moved by more than a minute, until somebody has looked.",
  access: "installation.manage",
  errors: "problem",
  params: nothing,
  query: nothing,
  bodyKind: "json",
  body: nothing,
  bodyLimitBytes: 1024,
  answerType: "application/json",
  answer: z.object({ trusted: z.boolean().describe("False = the clocks were not apart") }),
});

export const releaseEndpoints = [
  readReleasePlan,
  checkReleasePlan,
  writeReleasePlan,
  agreeReleasePlan,
  proposeAmendment,
  answerAmendment,
  withdrawAmendment,
  holdReleasePlan,
  liftHold,
  stateReleaseEvent,
  endEmbargoEarly,
  makeException,
  trustClock,
] as const;
