/** Where the lab's credential is held: by this installation, or by a gateway on the lab's own premises. */
export const CUSTODIES = ["here", "premises"] as const;
export type Custody = (typeof CUSTODIES)[number];

/** From which side an organisation sees an enrolment; who stands on two sees it from the first of them. */
export const ENROLMENT_SIDES = ["lab", "desk", "grantee"] as const;
export type EnrolmentSide = (typeof ENROLMENT_SIDES)[number];

/** What happens to an enrolment, as those are told whom it concerns. */
export const ENROLMENT_EVENTS = [
  "enrolled",
  "version-added",
  "version-retired",
  "terms-changed",
  "release-moved",
  "programme-accepted",
  "withdrawn",
  "window-added",
  "window-moved",
  "window-extended",
  "credential-given",
  "window-opened",
  "window-ended",
  "window-closed",
  "grant-made",
  "grant-changed",
  "grant-ended",
  "request-made",
  "request-answered",
  "request-withdrawn",
  "partner-proposed",
  "partner-withdrawn",
  "key-turned",
  "key-turned-back",
  "partner-admitted",
  "partner-told",
  "key-destroyed",
  "revoked-upstream",
  "probe-different",
] as const;
export type EnrolmentEventKind = (typeof ENROLMENT_EVENTS)[number];

/** `credential`: what reaches the lab's model. `record`: what opens the recorded exchanges of one grant. */
export const DESTROYED_KEYS = ["credential", "record"] as const;
export type DestroyedKey = (typeof DESTROYED_KEYS)[number];
