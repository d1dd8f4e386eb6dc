import assert from "node:assert/strict";
import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { delimiter, join } from "node:path";
import { after, before, describe, it } from "node:test";
import type { ModelWire } from "../../src/vocabulary/exchange.ts";
import { type GatewayStand, openGatewayStand } from "../support/gateway-stand.ts";
import { clientSettings, runClient, SAID, TALK } from "./gateway-clients.ts";
import { howToExamples } from "./how-to-examples.ts";
import { installClients, type Ran, skipOffLinux } from "./outside-client.ts";

/** The parts of its results that are looked at. */
type Results = {
  readonly results: {
    readonly results: readonly {
      readonly success: boolean;
      readonly error?: string | null;
      readonly response?: { readonly output?: string; readonly tokenUsage?: { readonly total?: number } };
    }[];
  };
};

describe("promptfoo through a gateway", { skip: skipOffLinux }, () => {
  let home = "";
  before(async () => {
    await installClients("promptfoo");
    home = await mkdtemp(join(tmpdir(), "sluice-promptfoo-"));
  });
  after(() => rm(home, { recursive: true }));

  const configs = howToExamples("promptfoo", "yaml");
  const [command = ""] = howToExamples("promptfoo", "sh");

  async function evaluate(
    stand: GatewayStand,
    config: string,
  ): Promise<{ readonly run: Ran; readonly results: Results["results"]["results"] }> {
    await writeFile(join(home, "promptfooconfig.yaml"), config);
    // Installed as its documents say, its command is on the path.
    const path = [join(import.meta.dirname, "promptfoo", "node_modules", ".bin"), process.env["PATH"]].join(delimiter);
    const run = await runClient("/bin/sh", ["-ec", command], { settings: { ...clientSettings(stand), PATH: path }, cwd: home });
    const { results } = JSON.parse(await readFile(join(home, "results.json"), "utf8")) as Results;
    return { run, results: results.results };
  }

  for (const [index, [wire, path]] of (
    [
      ["openai", "/v1/chat/completions"],
      ["anthropic", "/v1/messages"],
    ] as const satisfies readonly (readonly [ModelWire, string])[]
  ).entries()) {
    it(`runs the how-to's evaluation over ${path}`, async () => {
      const stand = await openGatewayStand({ wire, script: TALK });
      try {
        const { run, results } = await evaluate(stand, configs[index] ?? "");
        assert.equal(run.code, 0, run.stderr + run.stdout);
        assert.deepEqual(
          results.map(({ success, response }) => [success, response?.output]),
          [
            [true, SAID],
            [true, SAID],
          ],
        );
        assert.deepEqual(
          stand.model.received.map(({ target }) => target),
          [path, path],
        );
      } finally {
        await stand.close();
      }
    });
  }

  it("stops at a spent budget, says so, and calls nothing a pass or a wrong answer", async () => {
    const stand = await openGatewayStand({ wire: "openai", script: TALK, grant: { requests: 0 } });
    try {
      const { run, results } = await evaluate(stand, configs[0] ?? "");
      assert.match(run.stdout, /Target returned HTTP 403/);
      assert.match(run.stdout, /0 passed .*\n\s*0 failed/);
      assert.ok(results.length > 0);
      for (const { success, error } of results) {
        assert.equal(success, false);
        assert.match(error ?? "", /403[\s\S]*the lab can give more/);
      }
      // It may have asked both questions at once.
      assert.ok(stand.lines.filter(({ event }) => event === "call-refused").length <= 2);
    } finally {
      await stand.close();
    }
  });
});
