import assert from "node:assert/strict";
import type { LookupAddress } from "node:dns";
import { test } from "node:test";
import { publicLookup } from "./public-lookup.ts";

const PUBLIC_4: LookupAddress = { address: "8.8.8.8", family: 4 };
const PUBLIC_6: LookupAddress = { address: "2606:4700::1111", family: 6 };
const LOOPBACK: LookupAddress = { address: "127.0.0.1", family: 4 };
const METADATA: LookupAddress = { address: "169.254.169.254", family: 4 };
const MAPPED: LookupAddress = { address: "::ffff:10.0.0.1", family: 6 };

type Answer = { readonly error: Error | null; readonly addresses: string | LookupAddress[]; readonly family: number | undefined };

async function lookUp(resolved: readonly LookupAddress[], all: boolean): Promise<Answer> {
  const lookup = publicLookup((_hostname, _options, callback) => callback(null, [...resolved]));
  return new Promise((resolve) => {
    lookup("feed.example", { all }, (error, addresses, family) => resolve({ error, addresses, family }));
  });
}

test("a name's public addresses are handed over and its private ones never are", async () => {
  assert.deepEqual((await lookUp([LOOPBACK, PUBLIC_4, METADATA, MAPPED, PUBLIC_6], true)).addresses, [PUBLIC_4, PUBLIC_6]);
  assert.deepEqual(await lookUp([LOOPBACK, PUBLIC_6], false), { error: null, addresses: PUBLIC_6.address, family: 6 });
});

for (const [name, resolved] of Object.entries({ loopback: [LOOPBACK], "several private ones": [METADATA, MAPPED], none: [] })) {
  test(`a name with addresses that are ${name} is refused`, async () => {
    for (const all of [true, false]) {
      const { error, addresses } = await lookUp(resolved, all);
      assert.match(error?.message ?? "", /expected feed\.example to have a public address, got (127\.0\.0\.1|169\.254\.169\.254|none)/);
      assert.deepEqual(addresses, []);
    }
  });
}

test("an error of the resolver is passed on", async () => {
  const failure = Object.assign(new Error("getaddrinfo EAI_AGAIN"), { code: "EAI_AGAIN" });
  const lookup = publicLookup((_hostname, _options, callback) => callback(failure, []));
  const error = await new Promise((resolve) => lookup("feed.example", { all: true }, resolve));
  assert.equal(error, failure);
});
