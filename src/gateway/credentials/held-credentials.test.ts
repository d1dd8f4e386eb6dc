import assert from "node:assert/strict";
import { it } from "node:test";
import type { OrderedWindow } from "../../contract/endpoints/gateway.ts";
import { SealingError } from "../../sealing/sealing-error.ts";
import type { GatewayLine } from "../log.ts";
import { holdCredentials } from "./held-credentials.ts";

const window = (id: string, sealedCredential = "sealed"): OrderedWindow => ({
  id,
  lab: "l",
  enrolment: "e",
  wire: "openai",
  models: [],
  closesMs: 0,
  sealedCredential,
  passLabHeaders: false,
});

it("a credential is opened once, again when another was given, and its bytes are emptied when its window goes", () => {
  const buffers: Buffer[] = [];
  const held = holdCredentials(
    ({ id, sealedCredential }) => {
      const bytes = Buffer.from(`sk-${id}-${sealedCredential}`);
      buffers.push(bytes);
      return bytes;
    },
    () => undefined,
  );
  assert.deepEqual([held.of(window("a")), held.of(window("a")), held.of(window("b"))], ["sk-a-sealed", "sk-a-sealed", "sk-b-sealed"]);
  assert.equal(buffers.length, 2);
  assert.equal(held.of(window("a", "other")), "sk-a-other");
  held.keepOnly([window("b")]);
  const isEmpty = (bytes: Buffer): boolean => bytes.every((byte) => byte === 0);
  assert.deepEqual(buffers.map(isEmpty), [true, false, true]);
  held.keepOnly([]);
  assert.ok(buffers.every(isEmpty));
});

it("one that does not open is no credential, and is told once", () => {
  const lines: GatewayLine[] = [];
  const held = holdCredentials(
    () => {
      throw new SealingError("sealed-content-refused", "expected another");
    },
    (line) => void lines.push(line),
  );
  assert.deepEqual([held.of(window("a")), held.of(window("a"))], [undefined, undefined]);
  assert.deepEqual(
    lines.map(({ event }) => event),
    ["credential-refused"],
  );
});
