const ANYBODY = "anybody is answered the same, also without a word of who asks";
const SIGNING_IN = "what is stated is a secret that nobody else has: it is asked for to become somebody, and tests/walk comes in by it";
const OF_THE_HOST = "answered through the local door alone, to whoever runs the host";
const OF_ONESELF =
  "names what is the asker's own and cannot name what is somebody else's but by guessing; the walk over the store tries that";
const OF_CIRCLES = "moves that the walk over the store makes; over HTTP it makes enough others of circles";
const OF_DRAFTS = "moves that the walk over the store makes; over HTTP it makes enough others of drafts and plans";
const OF_FILES = "needs files that are sealed; tests of drafts ask it of others, and the walk over the store looks at their rows";
const OF_DELIVERY =
  "needs mail, webhooks or sign-ons outside; tests of each ask it of others, and the walk over the store looks at their rows";
const OF_LEDGER = "of one statement, which the list that the walk asks has whole; tests of the ledger ask it of others";

/** Endpoints at which nobody is answered in the walk over HTTP, by the reason why not. */
export const NOT_ASKED: Readonly<Record<string, readonly string[]>> = {
  [ANYBODY]: [],
  [SIGNING_IN]: [],
  [OF_THE_HOST]: [],
  [OF_ONESELF]: [],
  [OF_CIRCLES]: [],
  [OF_DRAFTS]: [],
  [OF_FILES]: [],
  [OF_DELIVERY]: [],
  [OF_LEDGER]: [],
};
