/** What a desk asks of a lab about a model: use for an organisation, or a later end of a window. */
export const REQUEST_KINDS = ["grant", "extension"] as const;
export type RequestKind = (typeof REQUEST_KINDS)[number];

/** `lapsed`: the model or the window that it was about is over, so that there is nothing left to answer. */
export const REQUEST_STATES = ["asked", "answered", "withdrawn", "lapsed"] as const;
export type RequestState = (typeof REQUEST_STATES)[number];

export const REQUEST_OUTCOMES = ["granted", "declined"] as const;
export type RequestOutcome = (typeof REQUEST_OUTCOMES)[number];
