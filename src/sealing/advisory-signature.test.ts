import assert from "node:assert/strict";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, test } from "node:test";
import { advisoryKeyOf, isAdvisorySigned, parseAdvisoryKeys, parseAdvisorySignature, signAdvisory } from "./advisory-signature.ts";
import { openKeyRing } from "./key-ring.ts";
import { SealingError } from "./sealing-error.ts";

const root = mkdtempSync(join(tmpdir(), "sluice-advisory-keys-"));
after(() => rmSync(root, { recursive: true, force: true }));
const ring = await openKeyRing({ directory: join(root, "keys"), master: new Uint8Array(32).fill(7) });
const record = new TextEncoder().encode('{"id":"x_TEST-1","modified":"2026-11-25T09:00:00Z"}');
const refused = (error: unknown): boolean => error instanceof SealingError && error.code === "proof-refused";

test("a record's signature verifies with the key's public half, with the same bytes each time, and with nothing else", async () => {
  const key = ring.current("advisory");
  const { keyId, signature } = signAdvisory(record, key);
  assert.deepEqual([keyId, signature.length], [key.id, 64]);
  assert.deepEqual(signAdvisory(record, key).signature, signature);
  const { pem } = advisoryKeyOf(key);
  assert.match(pem, /^-----BEGIN PUBLIC KEY-----\n[A-Za-z0-9+/=]{60}\n-----END PUBLIC KEY-----\n$/);
  const other = advisoryKeyOf(await ring.rotate("advisory")).pem;
  assert.equal(isAdvisorySigned(record, signature, parseAdvisoryKeys(pem)), true);
  assert.equal(isAdvisorySigned(record, signature, parseAdvisoryKeys(`${other}and\n${pem}`)), true);
  assert.equal(isAdvisorySigned(record, signature, parseAdvisoryKeys(other)), false);
  assert.equal(isAdvisorySigned(record.slice(1), signature, parseAdvisoryKeys(pem)), false);
  assert.equal(isAdvisorySigned(record, signature.toReversed(), parseAdvisoryKeys(pem)), false);
});

test("a key of another purpose signs no record", () => {
  assert.throws(() => signAdvisory(record, ring.current("ledger")), /expected a key for advisories, got ledger-1/);
});

for (const [what, text] of [
  ["no key", "nothing of that kind"],
  ["a key that is none", "-----BEGIN PUBLIC KEY-----\nAAAA\n-----END PUBLIC KEY-----"],
  [
    "a key of another algorithm",
    "-----BEGIN PUBLIC KEY-----\nMCowBQYDK2VuAyEAhSDwCYkwp1R0i33ctD73Wg2/Og0mOBr066SpjqqbTmo=\n-----END PUBLIC KEY-----",
  ],
] as const) {
  test(`${what} is refused`, () => assert.throws(() => parseAdvisoryKeys(text), refused));
}

test("a signature is 64 bytes in base64", () => {
  const { signature } = signAdvisory(record, ring.current("advisory"));
  assert.deepEqual(parseAdvisorySignature(Buffer.from(signature).toString("base64")), signature);
  for (const text of ["", "AAAA", Buffer.from(signature).toString("hex"), `${Buffer.from(signature).toString("base64")} `])
    assert.throws(() => parseAdvisorySignature(text), refused);
});
