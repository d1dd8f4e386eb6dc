import assert from "node:assert/strict";
import { existsSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, it } from "node:test";
import { openGatewayStand } from "../../tests/support/gateway-stand.ts";
import { callTool } from "../../tests/support/tool-call.ts";
import { until } from "../../tests/support/until.ts";
import { grantDirectory } from "../sealing/segment-paths.ts";
import { isCodedError } from "../vocabulary/coded-error.ts";
import { DEFAULT_LIMITS } from "./config.ts";
import { startGateway } from "./main.ts";

describe("starting a gateway", () => {
  it("is refused where another records, or listens, and leaves nothing behind", async () => {
    const stand = await openGatewayStand();
    const elsewhere = mkdtempSync(join(tmpdir(), "sluice-gateway-"));
    try {
      await assert.rejects(stand.restart(), (error) => isCodedError(error, "directory-in-use"));
      const config = {
        name: "g2",
        host: "127.0.0.1",
        listedHosts: [],
        limits: { ...DEFAULT_LIMITS, stopMs: 100 },
        recordDirectory: elsewhere,
      };
      const parts = { client: stand.steward.client, openCredential: () => undefined, recordKey: () => undefined, log: () => undefined };
      const taken = { ...config, port: Number(new URL(stand.url).port) };
      await assert.rejects(startGateway(taken, parts), (error) => isCodedError(error, "input-invalid"));
      // Neither its lock nor its polls are left.
      const second = await startGateway({ ...config, port: 0 }, parts);
      await second.ready;
      await second.stop();
      assert.equal((await callTool(stand)).status, 200);
    } finally {
      await stand.close();
      rmSync(elsewhere, { recursive: true, force: true });
    }
  });

  it("listens before the server answers, and refuses until it does", async () => {
    const stand = await openGatewayStand();
    try {
      await stand.gateway.stop();
      stand.steward.silence(true);
      const config = {
        name: "g1",
        host: "::1",
        port: 0,
        listedHosts: [],
        limits: { ...DEFAULT_LIMITS, stopMs: 100 },
        recordDirectory: stand.recordDirectory,
      };
      const gateway = await startGateway(config, {
        client: stand.steward.client,
        openCredential: () => undefined,
        recordKey: stand.steward.recordKey,
        log: () => undefined,
      });
      const answer = await fetch(`${gateway.url}/v1/models`, { headers: { authorization: `Bearer ${stand.token.text}` } });
      assert.deepEqual([answer.status, answer.headers.get("retry-after")], [503, "1"]);
      await gateway.stop();
    } finally {
      await stand.close();
    }
  });

  it("removes what a grant has left when its key's destruction is certified, and at no start before", async () => {
    const stand = await openGatewayStand();
    try {
      assert.equal((await callTool(stand)).status, 200);
      const of = grantDirectory(stand.recordDirectory, stand.grant.id);
      await until(() => stand.steward.exchanges().length === 1);
      await stand.gateway.stop();
      stand.steward.endWindow(stand.window);
      stand.steward.loseRecordKey(stand.grant);
      const second = await stand.restart();
      await until(() => stand.steward.calls("readGatewayDestroyedRecords") > 0);
      await second.stop();
      assert.ok(existsSync(of));
      stand.steward.certify(stand.grant);
      await stand.restart();
      await until(() => !existsSync(of) && stand.lines.some(({ event }) => event === "record-removed"));
      assert.deepEqual(
        stand.lines.filter(({ level }) => level === "error"),
        [],
      );
    } finally {
      await stand.close();
    }
  });

  it("a credential that this host cannot open is told, and no call goes out", async () => {
    const stand = await openGatewayStand();
    try {
      stand.steward.changeWindow(stand.window, { sealedCredential: "sluice-credential-1.AAAA" });
      const calls = stand.steward.calls("readGatewayOrders") + 2;
      while (stand.steward.calls("readGatewayOrders") < calls) await new Promise((resolve) => setTimeout(resolve, 5));
      const answer = await callTool(stand);
      assert.deepEqual([answer.status, answer.headers["x-sluice-refusal"]], [503, "credential-unavailable"]);
      assert.equal(stand.model.received.length, 0);
    } finally {
      await stand.close();
    }
  });
});
