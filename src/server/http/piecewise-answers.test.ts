import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { setTimeout as sleep } from "node:timers/promises";
import { pino } from "pino";
import { z } from "zod";
import { endpoint } from "../../contract/endpoint.ts";
import { noBody, nothing } from "../../contract/schemas.ts";
import { createApp } from "../app.ts";
import { createTraffic } from "../system/traffic.ts";
import { nobodyIsKnown } from "./caller.ts";
import { createOpenRequests, type OpenRequests } from "./open-requests.ts";
import { RawReply, route } from "./route.ts";

const lines = endpoint({
  id: "lines",
  method: "GET",
  path: "/lines",
  title: "Lines",
  description: "Some lines.",
  access: "anyone",
  errors: "problem",
  params: nothing,
  query: nothing,
  bodyKind: "none",
  body: noBody,
  bodyLimitBytes: 0,
  answerType: "application/x-ndjson",
  answer: z.string(),
});

/** The endpoint above on loopback, answering with `pieces`. */
async function served(
  pieces: () => AsyncIterable<string>,
  work: (url: string, open: OpenRequests) => Promise<void>,
  open: OpenRequests = createOpenRequests(),
): Promise<void> {
  const app = await createApp({
    config: { host: "127.0.0.1", publicUrl: undefined, requestsPerMinute: 1000 },
    endpoints: [lines],
    routes: [route(lines, () => new RawReply(200, { "content-type": "application/x-ndjson" }, pieces()))],
    log: pino({ level: "silent" }),
    traffic: createTraffic(),
    openRequests: open,
    authenticate: nobodyIsKnown,
    consoleFiles: undefined,
  });
  try {
    await work(`${await app.listen({ host: "127.0.0.1", port: 0 })}/lines`, open);
  } finally {
    open.abortAll();
    await app.close();
  }
}

describe("an answer that comes piece by piece", () => {
  it("arrives whole, and counts as open until it has", async () => {
    const go = Promise.withResolvers<void>();
    async function* pieces(): AsyncGenerator<string> {
      yield "a\n";
      await go.promise;
      yield "b\n";
    }
    await served(pieces, async (url, open) => {
      const response = await fetch(url);
      assert.equal(response.headers.get("content-type"), "application/x-ndjson");
      assert.equal(open.count(), 1);
      go.resolve();
      assert.equal(await response.text(), "a\nb\n");
      while (open.count() > 0) await sleep(5);
    });
  });

  it("is cut off, never ended, when a piece fails", async () => {
    async function* pieces(): AsyncGenerator<string> {
      yield "a\n";
      await sleep(20);
      throw new Error("the database went away");
    }
    await served(pieces, async (url, open) => {
      await assert.rejects(fetch(url).then((response) => response.text()));
      while (open.count() > 0) await sleep(5);
    });
  });

  it("is cut off when the server stops waiting for it, and what makes it ends too", async () => {
    const ended = Promise.withResolvers<void>();
    async function* pieces(): AsyncGenerator<string> {
      try {
        for (;;) {
          yield "a\n";
          await sleep(5);
        }
      } finally {
        ended.resolve();
      }
    }
    await served(pieces, async (url, open) => {
      const response = await fetch(url);
      open.abortAll();
      await assert.rejects(response.text());
      await ended.promise;
    });
  });
});
