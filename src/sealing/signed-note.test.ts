import assert from "node:assert/strict";
import { generateKeyPairSync, type KeyObject, sign } from "node:crypto";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { parseCheckpoint, signCheckpoint, verifyCheckpoint } from "./checkpoint.ts";
import { cosignaturesOf } from "./cosignature.ts";
import { formatLogProof, parseLogProof, verifyLogProof } from "./log-proof.ts";
import { leafHash, nodeHash } from "./merkle-tree.ts";
import { SealingError } from "./sealing-error.ts";
import {
  findSignature,
  formatNote,
  formatVerifierKey,
  parseNote,
  parseVerifierKey,
  signatureLine,
  verifierKey,
  verifierKeyOf,
} from "./signed-note.ts";

const refused = (error: unknown) => error instanceof SealingError && error.code === "proof-refused";
const feeds = process.env["SLUICE_FEEDS"];
const newKey = (): Uint8Array => new Uint8Array(generateKeyPairSync("ed25519").privateKey.export({ format: "der", type: "pkcs8" }));
const root = new Uint8Array(32).fill(5);

test(
  "the complete example of the signed-note specification verifies",
  { skip: feeds === undefined ? "SLUICE_FEEDS is not set" : false },
  () => {
    const text = readFileSync(join(feeds ?? "", "..", "conformance", "c2sp", "signed-note.md"), "utf8");
    const vkey = /^ {4}(example\.com\/foo\+\S+)$/m.exec(text)?.[1] ?? "";
    const note = /```\n(This is an example message\.\n\n— .+\n)```/.exec(text)?.[1] ?? "";
    const key = parseVerifierKey(vkey);
    assert.equal(formatVerifierKey(key), vkey);
    assert.ok(findSignature(parseNote(note), key));
    assert.throws(() => findSignature(parseNote(note.replace("message", "massage")), key), refused);
    assert.equal(formatNote(parseNote(note)), note);
  },
);

test(
  "every other example of a note, checkpoint and verifier key in the specifications is read",
  { skip: feeds === undefined ? "SLUICE_FEEDS is not set" : false },
  () => {
    const folder = join(feeds ?? "", "..", "conformance", "c2sp");
    const poem = /```\n(Ognuno[\s\S]+?)```/.exec(readFileSync(join(folder, "signed-note.md"), "utf8"))?.[1] ?? "";
    assert.ok(parseNote(poem).text.includes("\n\ned è subito sera."));
    for (const file of ["tlog-checkpoint.md", "tlog-cosignature.md"]) {
      const example = /```\n(example\.com\/behind-the-sofa\n[\s\S]+?)```/.exec(readFileSync(join(folder, file), "utf8"))?.[1] ?? "";
      const { origin, size } = parseCheckpoint(example);
      assert.deepEqual([origin, size], ["example.com/behind-the-sofa", 20_852_163]);
    }
  },
);

test("a checkpoint is signed by every key given, and verifies with any of them", () => {
  const [old, fresh, stranger] = [newKey(), newKey(), newKey()];
  const origin = "log.example/1";
  const checkpoint = signCheckpoint({ origin, size: 7, root }, [fresh, old]);
  assert.equal(parseNote(checkpoint).signatures.length, 2);
  for (const key of [old, fresh]) {
    const verified = verifyCheckpoint(checkpoint, [parseVerifierKey(formatVerifierKey(verifierKeyOf(origin, key)))]);
    assert.deepEqual([verified.origin, verified.size, verified.root], [origin, 7, root]);
  }
  assert.throws(() => verifyCheckpoint(checkpoint, [verifierKeyOf(origin, stranger)]), refused);
  assert.throws(() => verifyCheckpoint(checkpoint, []), refused);
  assert.throws(() => verifyCheckpoint(checkpoint, [verifierKeyOf("other.example", fresh)]), refused);
  assert.throws(() => verifyCheckpoint(checkpoint.replace("\n7\n", "\n8\n"), [verifierKeyOf(origin, fresh)]), refused);
});

for (const [what, text] of [
  ["without signatures", "log\n1\nAAAA\n"],
  ["with a control character", "log\t\n1\nx\n\n— a AAAAAAAA\n"],
  ["with a carriage return", "log\r\n1\nx\n\n— a AAAAAAAA\n"],
  ["whose signature is too short", "log\n\n— a AAAA\n"],
  ["whose signature is no base64", "log\n\n— a AAAAAAA!\n"],
  ["whose signature line has no dash", "log\n\na AAAAAAAA\n"],
  ["whose key name has a plus", "log\n\n— a+b AAAAAAAA\n"],
  ["cut in the last line", "log\n\n— a AAAAAAAA"],
  ["with 33 signatures", `log\n\n${"— a AAAAAAAA\n".repeat(33)}`],
  ["longer than 256 KiB", `${"a".repeat(256 * 1024)}\n\n— a AAAAAAAA\n`],
] as const) {
  test(`a note ${what} is refused`, () => assert.throws(() => parseNote(text), refused));
}

for (const [what, lines] of [
  ["a size with a leading zero", ["log", "01", Buffer.from(root).toString("base64")]],
  ["a negative size", ["log", "-1", Buffer.from(root).toString("base64")]],
  ["a size above 2^53", ["log", "9007199254740993", Buffer.from(root).toString("base64")]],
  ["a root of 31 bytes", ["log", "1", Buffer.alloc(31).toString("base64")]],
  ["no root", ["log", "1"]],
  ["no origin", ["", "1", Buffer.from(root).toString("base64")]],
] as const) {
  test(`a checkpoint with ${what} is refused`, () => {
    assert.throws(() => parseCheckpoint(`${lines.join("\n")}\n\n— a AAAAAAAA\n`), refused);
  });
}

test("extension lines of a checkpoint are passed over", () => {
  assert.equal(parseCheckpoint(`log\n1\n${Buffer.from(root).toString("base64")}\nmore\n\n— a AAAAAAAA\n`).size, 1);
});

for (const text of [
  "",
  "a+b",
  "a+00000000+AQ==",
  "a b+530d903a+AekyeRrm56hApGFkyQR4ZCbV54Id2LKaANYcrnKv3U2k",
  `a+530d903a+${Buffer.alloc(33, 9).toString("base64")}`,
  `example.com/foo+530d903b+AekyeRrm56hApGFkyQR4ZCbV54Id2LKaANYcrnKv3U2k`,
]) {
  test(`${JSON.stringify(text)} is no verifier key`, () => assert.throws(() => parseVerifierKey(text), refused));
}

const checkpointText = signCheckpoint({ origin: "log.example/1", size: 2, root }, [newKey()]);

test("a witness's Ed25519 cosignature verifies over the text with its time, and no other", () => {
  const { privateKey, publicKey } = generateKeyPairSync("ed25519");
  const key = verifierKey("witness.example/w1", 0x04, rawKey(publicKey, "x"));
  const note = parseNote(checkpointText);
  const cosign = (seconds: bigint, text = `cosignature/v1\ntime ${seconds}\n${note.text}`) => {
    const signature = Buffer.concat([bigEndian(seconds), sign(null, Buffer.from(text), privateKey)]);
    return parseCheckpoint(`${checkpointText}${signatureLine({ name: key.name, keyId: key.keyId, signature })}\n`);
  };
  const [found] = cosignaturesOf(cosign(1_679_315_147n), [parseVerifierKey(formatVerifierKey(key))]);
  assert.equal(found?.timestampMs, 1_679_315_147_000);
  assert.deepEqual(cosignaturesOf(parseCheckpoint(checkpointText), [key]), []);
  assert.throws(() => cosignaturesOf(cosign(1n, note.text), [key]), refused);
  assert.throws(() => cosignaturesOf(cosign(0n), [key]), refused);
});

test("a witness's ML-DSA-44 cosignature verifies over name, time, origin, size and root", () => {
  const { privateKey, publicKey } = generateKeyPairSync("ml-dsa-44");
  const key = verifierKey("witness.example/w2", 0x06, rawKey(publicKey, "pub"));
  const message = (size: bigint) =>
    Buffer.concat([
      Buffer.from("subtree/v1\n\0"),
      Buffer.from(`\x12witness.example/w2`),
      bigEndian(1700n),
      Buffer.from(`\x0dlog.example/1`),
      bigEndian(0n),
      bigEndian(size),
      root,
    ]);
  const cosign = (size: bigint) => {
    const signature = Buffer.concat([bigEndian(1700n), sign(null, message(size), privateKey)]);
    return parseCheckpoint(`${checkpointText}${signatureLine({ name: key.name, keyId: key.keyId, signature })}\n`);
  };
  assert.equal(cosignaturesOf(cosign(2n), [parseVerifierKey(formatVerifierKey(key))])[0]?.timestampMs, 1_700_000);
  assert.throws(() => cosignaturesOf(cosign(3n), [key]), refused);
});

test("an offline proof is written, read and verified; with another leaf, index or log key it is refused", () => {
  const key = newKey();
  const origin = "log.example/1";
  const [first, second] = [Buffer.from("first"), Buffer.from("second")];
  const checkpoint = signCheckpoint({ origin, size: 2, root: nodeHash(leafHash(first), leafHash(second)) }, [key]);
  const text = formatLogProof({ index: 1, hashes: [leafHash(first)], checkpoint });
  assert.match(text, /^c2sp\.org\/tlog-proof@v1\nindex 1\n[A-Za-z0-9+/=]{44}\n\nlog\.example\/1\n2\n/);
  const trusted = { log: [verifierKeyOf(origin, key)], witnesses: [] };
  assert.equal(verifyLogProof(text, second, trusted).checkpoint.size, 2);
  assert.throws(() => verifyLogProof(text, first, trusted), refused);
  assert.throws(() => verifyLogProof(text.replace("index 1", "index 0"), second, trusted), refused);
  assert.throws(() => verifyLogProof(text, second, { log: [verifierKeyOf(origin, newKey())], witnesses: [] }), refused);
  assert.deepEqual(parseLogProof(text.replace("\nindex", "\nextra AAAA\nindex")), parseLogProof(text));
  for (const wrong of [
    "",
    text.replace("@v1", "@v2"),
    text.replace("index 1", "index 01"),
    text.replace("\n\n", "\n"),
    text.replace("index 1", `index 1\n${"A".repeat(43)}`),
  ]) {
    assert.throws(() => verifyLogProof(wrong, second, trusted), refused);
  }
});

function rawKey(key: KeyObject, member: "x" | "pub"): Uint8Array {
  const jwk = key.export({ format: "jwk" }) as Readonly<Record<string, string>>;
  return new Uint8Array(Buffer.from(jwk[member] ?? "", "base64url"));
}

function bigEndian(value: bigint): Buffer {
  const bytes = Buffer.alloc(8);
  bytes.writeBigUInt64BE(value);
  return bytes;
}
