import assert from "node:assert/strict";
import { createHash } from "node:crypto";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, describe, test } from "node:test";
import { serveLedger, type ServedLedger } from "../../../tests/support/ledger-log.ts";
import { runSluice } from "../../../tests/support/run-sluice.ts";
import { formatLogProof } from "../../sealing/log-proof.ts";
import { leafHash, nodeHash } from "../../sealing/merkle-tree.ts";
import { formatVerifierKey, verifierKeyOf } from "../../sealing/signed-note.ts";
import { signCheckpoint } from "../../sealing/checkpoint.ts";
import { newNonce, statementLeaf } from "../../sealing/statement-leaf.ts";
import { recordRevision } from "../../server/ledger/record-statement.ts";
import { sql } from "../../server/database/sql.ts";

const root = mkdtempSync(join(tmpdir(), "sluice-ledger-command-"));
after(() => rmSync(root, { recursive: true, force: true }));

describe("sluice ledger verify", () => {
  let served: ServedLedger;
  let key = "";
  const kept = join(root, "checkpoint");
  before(async () => {
    served = await serveLedger();
    await served.growBy(300);
    key = (await served.ledger.state()).verifierKeys[0] ?? "";
  });
  after(() => served.close());

  test("takes a whole ledger as a stranger, keeps its checkpoint, and later shows that it is continued", async () => {
    const first = await runSluice(["ledger", "verify", served.url, "--key", key, "--keep", kept]);
    assert.deepEqual([first.code, first.stderr], [0, ""]);
    assert.match(first.stdout, /300 leaves, root .+\n.+1 public leaf, 299 confidential/);
    assert.match(first.stdout, /No witness that you named/);
    assert.match(readFileSync(kept, "utf8"), /^localhost\/ledger\/[0-9a-f]{16}\n300\n/);
    await served.growBy(5);
    const later = await runSluice(["ledger", "verify", served.url, "--key", key, "--since", kept]);
    assert.equal(later.code, 0);
    assert.match(later.stdout, /305 leaves[\s\S]+It continues the checkpoint that was kept/);
  });

  test("says so when the key is the server's own word", async () => {
    const ran = await runSluice(["ledger", "verify", served.url]);
    assert.equal(ran.code, 0);
    assert.match(ran.stderr, /taken from the server itself/);
  });

  test("does not hold by another key, or with an entry that was changed", async () => {
    const { origin } = await served.ledger.state();
    const other = await serveLedger();
    const foreign = formatVerifierKey(verifierKeyOf(origin, other.keys.current("ledger").secret));
    await other.close();
    const ran = await runSluice(["ledger", "verify", served.url, "--key", foreign]);
    assert.equal(ran.code, 1);
    assert.match(ran.stderr, /Does not hold: checkpoint: expected a signature by/);
    await served.database.query(
      "keeper",
      sql`update ledger_bundle set entries = overlay(entries placing ${new Uint8Array(3)} from 20 for 3) where index = 0`,
    );
    const changed = await runSluice(["ledger", "verify", served.url, "--key", key]);
    assert.equal(changed.code, 1);
    assert.match(changed.stderr, /Does not hold/);
  });

  test("checks a receipt without a server, with a key from elsewhere", async () => {
    const origin = "clearing.example/ledger/1";
    const secret = served.keys.current("ledger").secret;
    const vkey = formatVerifierKey(verifierKeyOf(origin, secret));
    const nonce = newNonce();
    const statement = '{"at":"2026-11-25T09:00:00.000Z","kind":"release.opened"}';
    const leaf = statementLeaf(nonce, statement);
    const noise = leafHash(new Uint8Array(32));
    const checkpoint = signCheckpoint({ origin, size: 2, root: nodeHash(noise, leafHash(leaf)) }, [secret]);
    const receipt = {
      format: "sluice-receipt@1",
      statement,
      nonce: Buffer.from(nonce).toString("base64"),
      leaf: Buffer.from(leaf).toString("base64"),
      checkpoint,
      proof: formatLogProof({ index: 1, hashes: [noise], checkpoint }),
    };
    const file = join(root, "receipt.json");
    const verify = async (value: object) => {
      writeFileSync(file, JSON.stringify(value));
      return runSluice(["ledger", "verify", file, "--key", vkey]);
    };
    const whole = await verify(receipt);
    assert.deepEqual([whole.code, whole.stderr], [0, ""]);
    assert.ok(whole.stdout.startsWith(`${statement}\n  Leaf 1 of ${origin}`));
    const { proof, ...early } = receipt;
    assert.match((await verify(early)).stdout, /made before its batch/);
    for (const wrong of [
      { ...receipt, statement: statement.replace("opened", "closed") },
      { ...receipt, nonce: Buffer.alloc(32).toString("base64") },
      { ...receipt, proof: proof.replace("index 1", "index 0") },
      { ...receipt, checkpoint: checkpoint.replace("\n2\n", "\n3\n") },
      { format: "something" },
    ]) {
      const ran = await verify(wrong);
      assert.equal(ran.code, 1, JSON.stringify(wrong));
      assert.match(ran.stderr, /Does not hold/);
    }
  });
});

test("sluice ledger verify shows that a record is the one that was published, revision for revision", async () => {
  const served = await serveLedger();
  try {
    const publish = (record: string) =>
      served.database.transaction("releaser", (transaction) =>
        recordRevision(transaction, {
          advisoryId: "SLU-2026-1",
          sha256: createHash("sha256").update(record).digest("hex"),
          atMs: Date.now(),
        }),
      );
    await publish("first");
    await publish("second");
    await served.ledger.runBatch();
    const [key = ""] = (await served.ledger.state()).verifierKeys;
    const answer = await (await fetch(new URL("/api/ledger/advisories/SLU-2026-1", served.url))).text();
    const [file, record] = [join(root, "revisions.json"), join(root, "record.json")];
    const verify = async (text: string, bytes: string) => {
      writeFileSync(file, text);
      writeFileSync(record, bytes);
      return runSluice(["ledger", "verify", file, "--key", key, "--record", record]);
    };
    const holds = await verify(answer, "second");
    assert.equal(holds.code, 0, holds.stderr);
    assert.match(
      holds.stdout,
      /SLU-2026-1, revision 1: leaf 0, .+\nSLU-2026-1, revision 2: leaf 1, .+\n {2}The record is the newest revision/,
    );
    const { rows } = JSON.parse(answer) as { readonly rows: readonly { readonly leaf: string }[] };
    for (const [text, bytes, why] of [
      [answer, "first", /and this record has/],
      [JSON.stringify({ rows: rows.slice(1) }), "second", /expected revision 1/],
      [JSON.stringify({ rows: rows.toReversed() }), "first", /expected revision 1/],
      [
        JSON.stringify({ rows: rows.map((row) => ({ ...row, leaf: row.leaf.replace("SLU", "SLV") })) }),
        "second",
        /does not show this leaf/,
      ],
      [JSON.stringify({ rows: [] }), "second", /no revision/],
    ] as const) {
      const ran = await verify(text, bytes);
      assert.equal(ran.code, 1);
      assert.match(ran.stderr, why);
    }
  } finally {
    await served.close();
  }
});

test("sluice ledger restart goes on under another name", async () => {
  const ran = await runSluice(["ledger", "restart", "--data-dir", join(root, "data")]);
  assert.equal(ran.code, 0, ran.stderr);
  const [, ended, fresh] =
    /^localhost\/ledger\/([0-9a-f]{16}) has ended\nlocalhost\/ledger\/([0-9a-f]{16}) goes on with its 0 leaves\n/.exec(ran.stdout) ?? [];
  assert.ok(ended !== undefined && fresh !== undefined && ended !== fresh, ran.stdout);
});

for (const [what, args] of [
  ["another action", ["show", "x"]],
  ["nothing to verify", ["verify"]],
  ["a restart of something", ["restart", "x"]],
  ["a receipt without a key", ["verify", "receipt.json"]],
  ["two addresses", ["verify", "http://localhost:1/", "http://localhost:2/"]],
  ["a key that is none", ["verify", "receipt.json", "--key", "abc"]],
  [
    "a file that is not there",
    ["verify", "nowhere.json", "--key", "example.com/foo+530d903a+AekyeRrm56hApGFkyQR4ZCbV54Id2LKaANYcrnKv3U2k"],
  ],
  [
    "a server that is not there",
    ["verify", "http://127.0.0.1:1/ledger/", "--key", "example.com/foo+530d903a+AekyeRrm56hApGFkyQR4ZCbV54Id2LKaANYcrnKv3U2k"],
  ],
] as const) {
  test(`sluice ledger refuses ${what}`, async () => {
    const ran = await runSluice(["ledger", ...args]);
    assert.equal(ran.code, 2, ran.stderr);
    assert.match(ran.stderr, /^sluice: /);
  });
}
