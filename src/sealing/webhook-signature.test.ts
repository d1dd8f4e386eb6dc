import assert from "node:assert/strict";
import { test } from "node:test";
import { makeWebhookSecret, webhookSignature } from "./webhook-signature.ts";

const message = { id: "msg_p5jXN8AQM9LWM0D4loKWxJek", timestamp: 1_614_265_330, body: '{"test": 2432232314}' };
const secret = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw";

test("the signature of the standard's own example comes out", () => {
  assert.equal(webhookSignature(secret, message), "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=");
});

for (const [name, changed] of Object.entries({
  "another id": { ...message, id: "msg_2" },
  "another second": { ...message, timestamp: message.timestamp + 1 },
  "another body": { ...message, body: '{"test": 2432232315}' },
})) {
  test(`${name} gives another signature`, () => assert.notEqual(webhookSignature(secret, changed), webhookSignature(secret, message)));
}

test("a new secret has 256 bits behind the standard's prefix, and no two are alike", () => {
  const [one, other] = [makeWebhookSecret(), makeWebhookSecret()];
  assert.match(one, /^whsec_[A-Za-z0-9+/]{43}=$/);
  assert.notEqual(one, other);
});
