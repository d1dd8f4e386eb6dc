import assert from "node:assert/strict";
import { mkdtemp, readdir, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { delimiter, dirname, join } from "node:path";
import { after, before, describe, it } from "node:test";
import type { ModelWire } from "../../src/vocabulary/exchange.ts";
import { type GatewayStand, openGatewayStand } from "../support/gateway-stand.ts";
import { clientSettings, runClient, SAID, TALK } from "./gateway-clients.ts";
import { howToExamples } from "./how-to-examples.ts";
import { outsideProgram, type Ran } from "./outside-client.ts";

/** The parts of its log that are looked at. */
type Log = {
  readonly status: string;
  readonly error?: { readonly message: string };
  readonly results?: { readonly scores: readonly { readonly metrics: { readonly accuracy: { readonly value: number } } }[] };
  readonly samples: readonly { readonly output: { readonly completion: string }; readonly error?: { readonly message: string } }[];
};

const program = outsideProgram("INSPECT", "inspect");

describe("Inspect through a gateway", { skip: program === undefined && "inspect is not installed" }, () => {
  let home = "";
  const [task = ""] = howToExamples("Inspect", "python");
  const commands = howToExamples("Inspect", "sh");
  before(async () => {
    home = await mkdtemp(join(tmpdir(), "sluice-inspect-"));
    await writeFile(join(home, "weirs.py"), task);
  });
  after(() => rm(home, { recursive: true }));

  async function evaluate(stand: GatewayStand, command: string): Promise<{ readonly run: Ran; readonly log: Log }> {
    const path = [dirname(program ?? ""), process.env["PATH"]].join(delimiter);
    const logs = join(home, "logs");
    await rm(logs, { recursive: true, force: true });
    const run = await runClient("/bin/sh", ["-ec", command], { settings: { ...clientSettings(stand), PATH: path }, cwd: home });
    const [file] = await readdir(logs);
    assert.ok(file !== undefined, run.stdout + run.stderr);
    return { run, log: JSON.parse(await readFile(join(logs, file), "utf8")) as Log };
  }

  for (const [index, [wire, path]] of (
    [
      ["openai", "/v1/responses"],
      ["anthropic", "/v1/messages"],
    ] as const satisfies readonly (readonly [ModelWire, string])[]
  ).entries()) {
    it(`runs the how-to's task over ${path}`, async () => {
      const stand = await openGatewayStand({ wire, script: TALK });
      try {
        const { run, log } = await evaluate(stand, commands[index] ?? "");
        assert.deepEqual([run.code, log.status], [0, "success"], run.stdout + run.stderr);
        assert.deepEqual(
          log.samples.map(({ output }) => output.completion),
          [SAID, SAID],
        );
        assert.equal(log.results?.scores[0]?.metrics.accuracy.value, 1);
        assert.ok(stand.model.received.every(({ target }) => target === path));
      } finally {
        await stand.close();
      }
    });
  }

  it("ends with the refusal when the budget is spent, and does not go on asking", async () => {
    const stand = await openGatewayStand({ wire: "anthropic", script: TALK, grant: { requests: 0 } });
    try {
      const { log } = await evaluate(stand, commands[1] ?? "");
      assert.equal(log.status, "error");
      assert.match(log.error?.message ?? "", /the lab can give more/);
      // One for each sample, which it asks at once.
      assert.ok(stand.lines.filter(({ event }) => event === "call-refused").length <= 2);
    } finally {
      await stand.close();
    }
  });
});
