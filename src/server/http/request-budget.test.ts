import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { clientAddress, createRequestBudget } from "./request-budget.ts";

describe("the request budget", () => {
  it("lets a minute's worth through at once, then as many as time brings back", () => {
    const secondsToWait = createRequestBudget(60);
    for (let count = 0; count < 60; count++) assert.equal(secondsToWait("192.0.2.1", 0), 0);
    assert.equal(secondsToWait("192.0.2.1", 0), 1);
    assert.equal(secondsToWait("192.0.2.1", 999), 1);
    assert.equal(secondsToWait("192.0.2.1", 1_000), 0);
    assert.equal(secondsToWait("192.0.2.1", 1_000), 1);
  });

  it("says the whole time to wait when requests are rare", () => {
    const secondsToWait = createRequestBudget(1);
    assert.equal(secondsToWait("192.0.2.1", 0), 0);
    assert.equal(secondsToWait("192.0.2.1", 0), 60);
  });

  it("counts each client for itself, an IPv6 client by its /64 and an IPv4 client however it is written", () => {
    const secondsToWait = createRequestBudget(1);
    const same = [
      ["2001:db8::1", "2001:db8:0:0:ffff::2"],
      ["::ffff:192.0.2.7", "192.0.2.7"],
      ["fe80::1%eth0", "fe80::2"],
    ] as const;
    for (const [first, second] of same) {
      assert.equal(secondsToWait(first, 0), 0, first);
      assert.ok(secondsToWait(second, 0) > 0, second);
    }
    assert.equal(secondsToWait("2001:db8:0:1::1", 0), 0);
    assert.equal(secondsToWait("192.0.2.8", 0), 0);
  });

  it("forgets the client that was idle longest when there are too many", () => {
    const secondsToWait = createRequestBudget(1, 2);
    for (const client of ["192.0.2.1", "192.0.2.2", "192.0.2.1", "192.0.2.3"]) secondsToWait(client, 0);
    assert.ok(secondsToWait("192.0.2.1", 0) > 0);
    assert.equal(secondsToWait("192.0.2.2", 0), 0);
  });

  const addresses: readonly (readonly [
    title: string,
    peer: string | undefined,
    forwardedFor: string | undefined,
    behindProxy: boolean,
    client: string,
  ])[] = [
    ["the peer", "192.0.2.1", undefined, true, "192.0.2.1"],
    ["who a proxy on this machine saw last", "127.0.0.1", "10.0.0.1, 198.51.100.7", true, "198.51.100.7"],
    ["the same over IPv6", "::ffff:127.0.0.1", "2001:db8::1", true, "2001:db8::1"],
    ["the peer, whatever a client elsewhere claims", "192.0.2.1", "198.51.100.7", true, "192.0.2.1"],
    ["the peer, where no proxy is set up", "127.0.0.1", "198.51.100.7", false, "127.0.0.1"],
    ["the peer, when the header holds no address", "::1", "unknown", true, "::1"],
    ["nobody in particular, when the peer has gone", undefined, "198.51.100.7", true, ""],
  ];
  for (const [title, peer, forwardedFor, behindProxy, client] of addresses) {
    it(`counts for ${title}`, () => assert.equal(clientAddress(peer, forwardedFor, behindProxy), client));
  }
});
