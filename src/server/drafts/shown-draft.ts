/** What the stores of drafts know and the routes put into words. */
export type { DraftAttachment } from "./attachment-store.ts";
export type { ListedDraft } from "./draft-store.ts";
export type { DraftEvent } from "./event-store.ts";
export type { DraftPart } from "./part-store.ts";
