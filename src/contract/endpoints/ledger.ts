import { z } from "zod";
import { endpoint } from "../endpoint.ts";
import { advisorySignatureEndpoints } from "./advisory-signatures.ts";
import { cursor, noBody, nothing, pageLimit } from "../schemas.ts";

const instantMs = z.number().int();

const witness = z.object({
  name: z.string(),
  verifierKey: z.string(),
  url: z.string(),
  size: z.number().int().optional().describe("Leaves of the largest tree that it cosigned; absent = none yet"),
  cosignedAtMs: instantMs.optional(),
  problem: z.string().optional().describe("Why it did not cosign when it was last asked"),
});

/** What anybody may know of the ledger. */
export const readLedger = endpoint({
  id: "readLedger",
  method: "GET",
  path: "/api/ledger",
  title: "The ledger",
  description:
    "The ledger's name and verifier keys, its newest checkpoints, and its witnesses. Without an independent witness (there are none until an administrator names some) " +
    "the ledger shows a rewritten past to whoever kept a checkpoint, and does not show that everybody was given the same tree.",
  access: "anyone",
  errors: "problem",
  params: nothing,
  query: nothing,
  bodyKind: "none",
  body: noBody,
  bodyLimitBytes: 0,
  answerType: "application/json",
  answer: z.object({
    origin: z.string().describe("The name that checkpoints begin with"),
    verifierKeys: z.array(z.string()).describe("`name+id+key`, newest first; checkpoints carry a signature of each"),
    size: z.number().int().describe("Leaves in the newest checkpoint, padding included"),
    checkpoint: z.string().optional().describe("The newest, with its cosignatures"),
    signedAtMs: instantMs.optional(),
    checkpoints: z
      .array(z.object({ size: z.number().int(), root: z.string(), signedAtMs: instantMs }))
      .describe("The newest first, at most 20"),
    isRecording: z.boolean().describe("False = nothing was ever recorded, so there are no batches"),
    everySeconds: z.number().int().describe("Time between batches"),
    batchLeaves: z.number().int().describe("Confidential leaves in each batch, statements and padding together"),
    witnesses: z.array(witness),
    refusal: z.string().optional().describe("Why the tree is not continued; absent = it is"),
    otherOrigins: z
      .array(z.string())
      .describe("Ledgers whose heads were signed with the same keys' directory and that this database does not hold"),
  }),
});

/** c2sp.org/tlog-tiles. */
export const readLedgerCheckpoint = endpoint({
  id: "readLedgerCheckpoint",
  method: "GET",
  path: "/ledger/checkpoint",
  title: "The newest checkpoint",
  description: "The signed head of the tree as c2sp.org/tlog-tiles has it, with the cosignatures of its witnesses.",
  access: "anyone",
  errors: "plain",
  params: nothing,
  query: nothing,
  bodyKind: "none",
  body: noBody,
  bodyLimitBytes: 0,
  answerType: "text/plain",
  answer: z.string(),
});

/** c2sp.org/tlog-tiles. */
export const readLedgerTile = endpoint({
  id: "readLedgerTile",
  method: "GET",
  path: "/ledger/tile/{+path}",
  title: "A tile of the tree, or a bundle of its entries",
  description:
    "`<level>/<index>[.p/<width>]` or `entries/<index>[.p/<width>]` as c2sp.org/tlog-tiles has it: `0/x001/x234/067`, `entries/000.p/17`. " +
    "Answers never change and may be kept for ever. A partial tile is served as far as the newest checkpoint reaches.",
  access: "anyone",
  errors: "plain",
  params: z.object({ path: z.string().max(60).describe("With its slashes") }),
  query: nothing,
  bodyKind: "none",
  body: noBody,
  bodyLimitBytes: 0,
  answerType: "application/octet-stream",
  answer: z.instanceof(Uint8Array),
});

export const readLedgerAdvisory = endpoint({
  id: "readLedgerAdvisory",
  method: "GET",
  path: "/api/ledger/advisories/{id}",
  title: "What the ledger has of an advisory",
  description:
    "Every revision of an advisory that this installation published, each a public leaf `{kind, id, version, sha256, prev}` with the proof that it is in the tree " +
    "(c2sp.org/tlog-proof@v1) and the signatures over its record. Empty for advisories of others and for those that are not public.",
  access: "anyone",
  errors: "problem",
  params: z.object({ id: z.string().min(1).max(200) }),
  query: nothing,
  bodyKind: "none",
  body: noBody,
  bodyLimitBytes: 0,
  answerType: "application/json",
  answer: z.object({
    rows: z.array(
      z.object({
        version: z.number().int(),
        sha256: z.string(),
        leaf: z.string().describe("The leaf's text, byte for byte"),
        recordedAtMs: instantMs,
        index: z.number().int().optional().describe("Absent = it comes into the tree with the next batch"),
        proof: z.string().optional(),
        signatures: z
          .array(z.object({ key: z.string(), signature: z.string().describe("Base64 of 64 bytes"), signedAtMs: instantMs }))
          .describe("Over the record's bytes, the newest first"),
      }),
    ),
  }),
});

const statement = z.object({
  id: z.string(),
  kind: z.string(),
  organisation: z.string().describe("Whose statement it is"),
  record: z.string().optional().describe("What it is about"),
  recordedAtMs: instantMs,
  statement: z.string().optional().describe("JSON; absent once erased"),
  index: z.number().int().optional().describe("Of its leaf; absent = it comes into the tree with the next batch"),
  erasedAtMs: instantMs.optional(),
});

export const listStatements = endpoint({
  id: "listStatements",
  method: "GET",
  path: "/api/ledger/statements",
  title: "Statements in the ledger",
  description:
    "Newest first: those of the caller's organisation or, with `recordOwner` and `record`, those about one record that the caller sees at their level.",
  access: "signed-in",
  errors: "problem",
  params: nothing,
  query: z
    .object({
      record: z.uuid().optional(),
      recordOwner: z.uuid().optional().describe("The organisation whose record it is"),
      after: cursor,
      limit: pageLimit,
    })
    .refine(
      ({ record, recordOwner }) => (record === undefined) === (recordOwner === undefined),
      "expected record and recordOwner, or neither",
    ),
  bodyKind: "none",
  body: noBody,
  bodyLimitBytes: 0,
  answerType: "application/json",
  answer: z.object({ rows: z.array(statement), next: z.string().optional() }),
});

export const readReceipt = endpoint({
  id: "readReceipt",
  method: "GET",
  path: "/api/ledger/statements/{id}/receipt",
  title: "The receipt of a statement",
  description:
    "Statement, nonce and leaf, the newest checkpoint and, once the leaf is in the tree, the proof of it: what `sluice ledger verify` checks offline. " +
    "Whoever has a receipt can show to anybody what was stated. 409 when the statement was erased.",
  access: "signed-in",
  errors: "problem",
  params: z.object({ id: z.uuid() }),
  query: nothing,
  bodyKind: "none",
  body: noBody,
  bodyLimitBytes: 0,
  answerType: "application/json",
  answer: z.object({
    format: z.literal("sluice-receipt@1"),
    statement: z.string().describe("The text whose bytes were hashed"),
    nonce: z.string(),
    leaf: z.string(),
    checkpoint: z.string(),
    proof: z.string().optional().describe("Absent = the leaf comes into the tree with the next batch"),
  }),
});

export const eraseStatement = endpoint({
  id: "eraseStatement",
  method: "POST",
  path: "/api/ledger/statements/{id}/erase",
  title: "Erase a statement",
  description:
    "Destroys the nonce and the text of one of the organisation's own statements: its leaf stays in the tree as noise, and nobody can show any more what it stood for. " +
    "Cannot be undone. The answer says what erasing cannot reach.",
  access: "organisation.manage",
  errors: "problem",
  params: z.object({ id: z.uuid() }),
  query: nothing,
  bodyKind: "none",
  body: noBody,
  bodyLimitBytes: 0,
  answerType: "application/json",
  answer: z.object({ id: z.string(), erasedAtMs: instantMs, cannotReach: z.array(z.string()) }),
});

/** Through the local door: whoever owns the data directory has looked at why the ledger is not continued. */
export const restartLedger = endpoint({
  id: "restartLedger",
  method: "POST",
  path: "/api/ledger/restart",
  title: "Restart the ledger under another name",
  description:
    "Ends the log and goes on with the leaves that the database has as another, with a name of its own: for a database that was restored from a backup older than the newest " +
    "checkpoint, or whose signing key is lost. What was proven of the ended log stays so for whoever kept receipts; witnesses must be told of the new name.",
  access: "local-door",
  errors: "problem",
  params: nothing,
  query: nothing,
  bodyKind: "none",
  body: noBody,
  bodyLimitBytes: 0,
  answerType: "application/json",
  answer: z.object({ ended: z.string(), origin: z.string(), size: z.number().int() }),
});

export const ledgerEndpoints = [
  readLedger,
  readLedgerCheckpoint,
  readLedgerTile,
  readLedgerAdvisory,
  listStatements,
  readReceipt,
  eraseStatement,
  restartLedger,
  ...advisorySignatureEndpoints,
] as const;
