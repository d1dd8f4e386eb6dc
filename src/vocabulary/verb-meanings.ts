import type { Verb } from "./organisation.ts";

/** What each verb lets a member do, in one line. What it then reaches is decided by the database. */
export const VERB_MEANINGS: Readonly<Record<Verb, string>> = {
  "installation.manage": "Add organisations, state what they are, set up their sign-on; only for administrators of a coordinator",
  "organisation.manage": "Set up the webhooks of one's organisation, and make what it stated in the ledger unreadable",
  "member.manage": "Invite members, change their roles, end their membership, make service accounts, let a member back in",
  "token.issue": "Issue access tokens for oneself; administrators also for service accounts",
  "circle.manage": "Make circles, change their conditions, invite organisations and end memberships",
  "circle.join": "Answer invitations for the organisation, sign agreements, leave circles",
  "draft.read": "Read draft advisories, as far as they are opened to the organisation",
  "draft.write": "Write draft advisories, their parts and attachments",
  "research.read": "Read research; each time is written down and shown to its owner",
  "release.decide": "Plan releases, consent, hold, and end an embargo early",
  scan: "Scan with what is staged for the organisation",
  "access.review": "See who can read what, by which rule and since when, the read-in register and the audit trail",
  "audit.export": "Export the audit trail",
  "notification.manage": "Choose what one is told of",
  "model.read": "See the models, windows and grants that concern the organisation, and what was used",
  "model.enrol": "Offer the lab's models, grant their use, and end it",
  "model.test": "Make tokens for what the organisation was granted, and read its own transcripts",
  "model.stop": "Stop the use of a model, by an organisation or by a token, at once, and let it go on",
  "model.request": "Ask a lab, as the desk of its model, for use by an organisation or for a later end of a window",
  "partner.decide": "Propose trusted partners and turn the organisation's key for them",
};
