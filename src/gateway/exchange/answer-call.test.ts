import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { openGatewayStand } from "../../../tests/support/gateway-stand.ts";

describe("a call through the gateway", () => {
  it("goes from token to lease to model and back, recorded and settled", async () => {
    const stand = await openGatewayStand();
    try {
      const response = await fetch(`${stand.url}/v1/chat/completions`, {
        method: "POST",
        headers: { "content-type": "application/json", authorization: `Bearer ${stand.token.text}` },
        body: JSON.stringify({ model: "aurora-1", stream: true, max_tokens: 100, messages: [{ role: "user", content: "hello" }] }),
      });
      const text = await response.text();
      assert.equal(response.status, 200, text);
      assert.match(text, /data: \[DONE\]/);
      console.log(text.slice(0, 300), Object.fromEntries(response.headers));
      await stand.gateway.stop();
      console.log(stand.lines, stand.steward.exchanges(), stand.steward.leases(), stand.steward.meter(stand.grant), stand.steward.heads());
      console.log(stand.model.received[0]?.rawHeaders, stand.model.received[0]?.body.toString());
    } finally {
      await stand.close();
    }
  });
});
