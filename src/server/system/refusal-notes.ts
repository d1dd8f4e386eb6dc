import type { RefusalCode } from "../../vocabulary/coded-error.ts";

/** What each refusal means and who can change it; stands in the docs under the code's anchor. */
export const REFUSAL_NOTES: Readonly<Record<RefusalCode, string>> = {
  "access-denied": "The thing does not exist for whoever asks. Not told apart from a thing that does not exist at all.",
  "archive-invalid": "A zip cannot be read: it is cut off, damaged, or an entry's path leaves the archive.",
  "archive-too-large": "A zip unpacks to more than is taken, in all or in one entry.",
  "backup-invalid": "The file is no backup of Sluice, is damaged, or was written by a newer version.",
  "cannot-say":
    "Nothing was found, but the data is absent, a sample, undated or over 7 days old, so nothing found would be no answer. An administrator syncs the ecosystem that is named.",
  "challenge-refused": "The ceremony of signing in did not hold: the challenge was used, is too old, or is another origin's. Begin again.",
  conflict: "The thing is already there, or was changed under way. Read it again, then decide.",
  "credential-refused":
    "The session or token is not known, has expired or was revoked; which of these is not told. Sign in again, or make a new token.",
  "cross-site": "A page of another site asked in a signed-in person's name. Nothing was done.",
  "database-unavailable": "The database does not answer. An administrator looks at DATABASE_URL and at the database's own log.",
  "directory-in-use": "Another process owns the data directory. Stop it, or give this one a DATA_DIR of its own.",
  "disk-full": "There is no room in the data directory. What was stored before is kept.",
  "document-invalid": "The document is of a known format but breaks its rules at the place given.",
  "document-too-large": "The document or body is larger than this endpoint takes.",
  "document-unknown": "No reader knows this kind of document, media type or content encoding.",
  "feed-changed": "The feed changed while it was taken. The next sync goes on from what was stored.",
  "feed-invalid": "The feed answered, but not with what a feed has.",
  "feed-unreachable": "The feed does not answer. What was stored before stays in force and grows older.",
  "host-unknown": "The request names a host that is not this server's. An administrator sets PUBLIC_URL.",
  "input-invalid": "A parameter, a header or the body is not what the endpoint takes; the place says which.",
  internal: "A fault in Sluice. The server's log has the details under the request given.",
  "not-allowed":
    "The caller's own role, or the token's scopes, lack the right. Decided before any row is looked at. An administrator of the organisation can change it.",
  "not-found": "There is nothing at this address, or nothing under this id.",
  "rate-limited":
    "Too many requests from one address in a minute (Retry-After says how long to wait), or more uploads at once than the server can hold.",
  "shutting-down": "The server is stopping. Ask again when it is back.",
  "sign-in-needed": "The endpoint is for members, and the request states no session and no token.",
  "snapshot-invalid": "The snapshot file is damaged or of another version. An administrator runs a sync, which builds it anew.",
  "snapshot-missing": "No snapshot is loaded yet: the first sync is still under way, or there was none.",
  "statement-timeout": "The answer took longer than is allowed. Ask for less at once.",
  unsupported: "This is part of a standard that Sluice does not serve.",
};
