import { z } from "zod";
import { AUDIT_VERBS } from "../../vocabulary/audit.ts";
import { MEMBERSHIP_STANDINGS } from "../../vocabulary/circle.ts";
import { DRAFT_STATES } from "../../vocabulary/draft-advisory.ts";
import { DRAFT_LEVELS } from "../../vocabulary/level.ts";
import { MEMBER_ROLES, ORGANISATION_KINDS } from "../../vocabulary/organisation.ts";
import { reading } from "../call-shapes.ts";
import { endpoint } from "../endpoint.ts";
import { cursor, nothing, pageLimit } from "../schemas.ts";

const level = z.enum(DRAFT_LEVELS);
const instantMs = z.coerce.number().int().min(0).max(8_000_000_000_000);
/** Without a name where one does not know it. */
const named = z.object({ id: z.string(), name: z.string().optional() });
const draftNamed = z.object({ id: z.string(), advisory: z.string(), state: z.enum(DRAFT_STATES) });

/** Why an opening lets an organisation read, or why it does not. */
export const GROUND_STANDINGS = [...MEMBERSHIP_STANDINGS, "opening-over", "excluded"] as const;

const ground = z.object({
  by: z
    .enum(["own-circle", "circle", "everyone"])
    .describe("Opened to the organisation itself, to a circle it is or was in, or to everyone signed in"),
  circle: named.optional(),
  level,
  stage: z.number().int().optional().describe("Place of the stage in the release plan, from 1"),
  openedAtMs: z.number(),
  openedBy: z.enum(["owner", "hour", "patch-ready", "leak", "exploitation", "early-end"]),
  standing: z.enum(GROUND_STANDINGS),
  memberSinceMs: z.number().optional(),
  signedAtMs: z.number().optional(),
  sinceMs: z.number().optional().describe("When all of it held first; only while it holds"),
  untilMs: z.number().optional().describe("When it ends by itself; absent = it does not"),
  needsSecondFactor: z.boolean(),
  words: z.string().describe("The rule, in one sentence; times in UTC"),
});
export type GroundAnswer = z.output<typeof ground>;

const access = z.object({
  reads: level.optional().describe("The most confidential level that it is shown now; absent = nothing"),
  sinceMs: z.number().optional(),
  grounds: z.array(ground),
  exception: z.object({ reason: z.string(), madeAtMs: z.number() }).optional(),
  lastReadAtMs: z.number().optional().describe("By any of its members, of any level"),
});

const reviewedOrganisation = named.extend({
  kind: z.enum(ORGANISATION_KINDS).optional(),
  hasIntelligenceFunction: z.boolean().optional().describe("Absent = not known to the owner"),
});

const organisationAccess = access.extend({ organisation: reviewedOrganisation });
export type OrganisationAccessAnswer = z.output<typeof organisationAccess>;
const draftAccess = access.extend({ draft: draftNamed });
export type DraftAccessAnswer = z.output<typeof draftAccess>;

const readEvent = z.object({
  id: z.string(),
  atMs: z.number(),
  draft: z.object({ id: z.string(), advisory: z.string() }),
  level,
  research: z.boolean().describe("One part of the research, by the function that writes down and shows"),
  organisation: named,
  person: named.describe("Named when it is a member of one's own organisation"),
});
export type ReadEventAnswer = z.output<typeof readEvent>;

export const listReviewedDrafts = endpoint({
  ...reading,
  id: "listReviewedDrafts",
  path: "/api/access/drafts",
  title: "Draft advisories to review",
  description: "Those of one's own organisation, newest first, each with how many circles it is opened to. Pages by key.",
  access: "access.review",
  params: nothing,
  query: z.object({ after: cursor, limit: pageLimit }),
  answer: z.object({
    rows: z.array(
      draftNamed.extend({ createdAtMs: z.number(), openedTo: z.number().int().describe("Circles, other than the owner's own") }),
    ),
    next: z.string().optional(),
  }),
});

export const reviewDraft = endpoint({
  ...reading,
  id: "reviewDraft",
  path: "/api/access/drafts/{draft}",
  title: "Who can read a draft advisory, by which rule, since when",
  description:
    "Of one's own draft: each organisation that something was opened to or that an exception was made for, also those that can not read it and why. One page is at most 200 organisations.",
  access: "access.review",
  params: z.object({ draft: z.uuid() }),
  query: z.object({ after: cursor, limit: pageLimit }),
  answer: z.object({
    draft: draftNamed,
    createdAtMs: z.number(),
    own: z
      .array(z.object({ role: z.enum(MEMBER_ROLES), members: z.number().int(), reads: level, research: z.boolean() }))
      .describe("Members of the owner by role"),
    everyone: level.optional().describe("Opened to everyone signed in"),
    organisations: z.array(organisationAccess),
    next: z.string().optional(),
  }),
});

export const reviewOrganisation = endpoint({
  ...reading,
  id: "reviewOrganisation",
  path: "/api/access/organisations/{organisation}",
  title: "What an organisation can read of one's drafts",
  description:
    "One's own draft advisories, newest first, that something was opened of to it, and why it reads them or does not. Pages by key.",
  access: "access.review",
  params: z.object({ organisation: z.uuid() }),
  query: z.object({ after: cursor, limit: pageLimit }),
  answer: z.object({ organisation: reviewedOrganisation, drafts: z.array(draftAccess), next: z.string().optional() }),
});

export const reviewMember = endpoint({
  ...reading,
  id: "reviewMember",
  path: "/api/access/members/{member}",
  title: "What a member of one's organisation can read",
  description: "By its role and by the circles that one's organisation is in. A member whose membership has ended can read nothing.",
  access: "access.review",
  params: z.object({ member: z.uuid() }),
  query: nothing,
  answer: z.object({
    person: named,
    role: z.enum(MEMBER_ROLES),
    sinceMs: z.number(),
    endedAtMs: z.number().optional(),
    ownDrafts: level.optional().describe("The most confidential level of the organisation's own drafts; absent = nothing"),
    research: z.boolean(),
    circles: z.array(named.extend({ sinceMs: z.number() })).describe("In force: what is opened to them is shown; at most 200"),
    lastReadAtMs: z.number().optional().describe("Of one's own drafts"),
  }),
});

export const listReads = endpoint({
  ...reading,
  id: "listReads",
  path: "/api/access/reads",
  title: "The read-in register",
  description: "Who read which level of one's own draft advisories, and when. Newest first. Pages by key.",
  access: "access.review",
  params: nothing,
  query: z.object({
    draft: z.uuid().optional(),
    organisation: z.uuid().optional(),
    person: z.uuid().optional(),
    after: cursor,
    limit: pageLimit,
  }),
  answer: z.object({ rows: z.array(readEvent), next: z.string().optional() }),
});

export const listOwnReads = endpoint({
  ...reading,
  id: "listOwnReads",
  path: "/api/account/reads",
  title: "What was written down of one's own reading",
  description: "Each time one was shown embargoed parts, in whichever organisation; their owners see the same. Newest first. Pages by key.",
  access: "signed-in",
  params: nothing,
  query: z.object({ after: cursor, limit: pageLimit }),
  answer: z.object({
    rows: z.array(
      z.object({
        id: z.string(),
        atMs: z.number(),
        draft: z.string(),
        advisory: z.string().optional().describe("While one may still see it"),
        owner: named,
        level,
        research: z.boolean(),
      }),
    ),
    next: z.string().optional(),
  }),
});

const auditEvent = z.object({
  id: z.string(),
  atMs: z.number(),
  verb: z.string().describe("A newer version may know more than this one"),
  subject: z.string(),
  person: named.optional().describe("Absent = nobody who was signed in: the program itself, or the owner of the machine"),
  details: z.record(z.string(), z.unknown()),
});
export type AuditEventAnswer = z.output<typeof auditEvent>;

export const listAuditEvents = endpoint({
  ...reading,
  id: "listAuditEvents",
  path: "/api/audit",
  title: "The audit trail",
  description: "Changes of people, circles and access in one's own organisation, newest first. Pages by key.",
  access: "access.review",
  params: nothing,
  query: z.object({
    verb: z.enum(AUDIT_VERBS).optional(),
    subject: z.string().max(300).optional().describe("`circle:<id>`, `member:<id>`, …"),
    after: cursor,
    limit: pageLimit,
  }),
  answer: z.object({ rows: z.array(auditEvent), next: z.string().optional() }),
});

export const exportAudit = endpoint({
  ...reading,
  answerType: "application/x-ndjson",
  id: "exportAudit",
  path: "/api/audit/export",
  title: "Export the audit trail",
  description:
    'One JSON object a line, oldest first: every event of one\'s organisation (`kind` `audit`) and every read of its drafts (`kind` `read`). The last line is `{"kind":"end"}`, or `{"kind":"more","after":…}` when a long export goes on with that `after`; a file without either was cut off. The export is in the trail itself.',
  access: "audit.export",
  params: nothing,
  query: z.object({
    sinceMs: instantMs.optional().describe("From this instant on; absent = from the beginning"),
    untilMs: instantMs.optional().describe("Before this instant; absent = all there is"),
    after: cursor,
  }),
  answer: z.string(),
});

export const accessReviewEndpoints = [
  listReviewedDrafts,
  reviewDraft,
  reviewOrganisation,
  reviewMember,
  listReads,
  listOwnReads,
  listAuditEvents,
  exportAudit,
] as const;
