import assert from "node:assert/strict";
import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, describe, it } from "node:test";
import { pathToFileURL } from "node:url";
import { makeWebhookSecret, webhookSignature } from "../../src/sealing/webhook-signature.ts";
import { webhookBodyOf } from "../../src/server/notifications/notification-words.ts";
import { packageRoot } from "../../src/server/package-root.ts";

type Reader = (secret: string, headers: Readonly<Record<string, string>>, body: string, nowSeconds?: number) => unknown;

describe("the receiver in docs/how-to/notifications.md", () => {
  const secret = makeWebhookSecret();
  const at = 1_795_000_000;
  const pointer = {
    notificationId: "0b5c1d52-0c53-4b0e-9a53-93c2a5f6a3b1",
    kind: "stage-opened",
    atMs: Date.UTC(2026, 10, 25, 9),
    serverUrl: "https://sluice.example",
  };
  const body = webhookBodyOf(pointer);
  const headersOf = (id: string, timestamp = at): Record<string, string> => ({
    "webhook-id": id,
    "webhook-timestamp": String(timestamp),
    "webhook-signature": `v1,AAAA ${webhookSignature(secret, { id, timestamp, body })}`,
  });
  let text: string;
  let folder: string;
  let readMessage: Reader;

  before(async () => {
    text = await readFile(join(packageRoot, "docs", "how-to", "notifications.md"), "utf8");
    folder = await mkdtemp(join(tmpdir(), "sluice-receiver-"));
    const file = join(folder, "receiver.mjs");
    await writeFile(file, /```js\n(.*?)```/s.exec(text)?.[1] ?? "");
    ({ readMessage } = (await import(pathToFileURL(file).href)) as { readonly readMessage: Reader });
  });
  after(() => rm(folder, { recursive: true, force: true }));

  it("takes what Sluice signed, once", () => {
    assert.deepEqual(readMessage(secret, headersOf("a"), body, at), JSON.parse(body));
    assert.equal(readMessage(secret, headersOf("a"), body, at), undefined);
  });

  it("takes nothing that was altered, signed by another, or is old", () => {
    assert.equal(readMessage(secret, headersOf("b"), body.replace("notification", "other"), at), undefined);
    assert.equal(readMessage(makeWebhookSecret(), headersOf("b"), body, at), undefined);
    assert.equal(readMessage(secret, { ...headersOf("b"), "webhook-id": "c" }, body, at), undefined);
    assert.equal(readMessage(secret, headersOf("b"), body, at + 301), undefined);
    assert.deepEqual(readMessage(secret, headersOf("b"), body, at + 299), JSON.parse(body));
  });

  it("the page shows a message as it goes out", () => {
    assert.equal(/```json\n(.*?)\n```/s.exec(text)?.[1], body);
  });
});
