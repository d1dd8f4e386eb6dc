import assert from "node:assert/strict";
import { randomBytes, randomUUID } from "node:crypto";
import { appendFileSync, cpSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, test } from "node:test";
import { type ExchangeRecord, openExchangeRecord } from "../../src/gateway/record/exchange-record.ts";
import { grantDirectory, segmentPaths } from "../../src/sealing/segment-paths.ts";
import { readTranscripts } from "../../src/sealing/transcript.ts";
import { verifyRecord } from "../../src/sealing/verify-record.ts";
import { type StoppedRun, stopAtEachStep } from "../support/at-each-step.ts";

const program = join(import.meta.dirname, "record-steps-child.ts");
const key = randomBytes(32);
const grantId = randomUUID();
const root = mkdtempSync(join(tmpdir(), "sluice-record-steps-"));
after(() => rmSync(root, { recursive: true, force: true }));

test("a gateway stopped at any step of its record is taken up by the next: nothing acknowledged is lost, nothing counted twice", async () => {
  const steps = await stopAtEachStep({ program, args: [key.toString("hex"), grantId, "2"], check: isTakenUp });
  assert.ok(steps.filter((step) => step.startsWith("open") && step.includes(".segment")).length >= 2, "several segments were begun");
});

async function isTakenUp({ directory, said, errors }: StoppedRun): Promise<void> {
  assert.equal(errors, "");
  const record = await opened(directory);
  assert.deepEqual(record.problems, []);
  const told = record.recovered.map(({ exchangeId }) => exchangeId);
  assert.equal(new Set(told).size, told.length);
  const seen = (what: string): readonly string[] => said.flatMap((line) => (line.startsWith(`${what} `) ? [line.split(" ")[1] ?? ""] : []));
  if (!readdirSync(directory).includes(grantId)) {
    assert.deepEqual(seen("spend"), []);
    return;
  }
  const access = { directory: grantDirectory(directory, grantId), recordKey: key };
  const { problems, running } = await verifyRecord(access, grantId);
  assert.deepEqual({ problems, running }, { problems: [], running: 0 });
  const transcripts = new Map((await Array.fromAsync(readTranscripts(access, () => true))).map((one) => [one.exchangeId, one]));
  for (const id of seen("spend")) assert.ok(transcripts.has(id), `exchange ${id} is not in the record`);
  for (const id of seen("chunk")) assert.equal(transcripts.get(id)?.chunks.length, 1);
  for (const id of seen("close")) assert.equal(transcripts.get(id)?.end?.outcome, "complete");
  const settled = new Set(seen("settled"));
  for (const id of seen("spend")) assert.ok(settled.has(id) || told.includes(id), `exchange ${id} is not told again`);
}

test("a recovery stopped at any of its steps is done again by the next: an exchange gets one end, and what is unfinished is put aside once", async () => {
  const left = mkdtempSync(join(root, "left-"));
  const cut = await leftBehind(left);
  const steps = await stopAtEachStep({
    program,
    args: [key.toString("hex"), grantId, "0"],
    prepare: (directory) => cpSync(left, directory, { recursive: true }),
    check: async (run) => {
      await isTakenUp(run);
      const { recovered } = await opened(run.directory);
      assert.deepEqual(
        recovered.map(({ exchangeId, outcome }) => [exchangeId, outcome]),
        [[cut, "cut"]],
      );
    },
  });
  assert.ok(steps.filter((step) => step.startsWith("rename")).length >= 3);
  // Torn in its middle, after a loss of power, the record would be taken for altered.
  const cutAt = steps.findIndex((step) => step.startsWith("truncate"));
  assert.equal(steps[cutAt + 1], steps[cutAt]?.replace("truncate", "sync"));
});

test("the removal of a destroyed grant's record, stopped at any of its steps, is no damage to the next start and ends there", async () => {
  const left = mkdtempSync(join(root, "destroyed-"));
  await leftBehind(left);
  const whole = readdirSync(grantDirectory(left, grantId));
  const steps = await stopAtEachStep({
    program,
    args: ["-", grantId],
    prepare: (directory) => cpSync(left, directory, { recursive: true }),
    check: async ({ directory, said, fault }) => {
      const hasRemoved = said.some((line) => line.startsWith("removed"));
      const next = await openExchangeRecord({ directory, gatewayId: "next", recordKey: () => undefined });
      assert.deepEqual([next.problems, next.recovered], [[], []]);
      const { grants, removing } = next.kept();
      assert.ok(grants.length + removing.length <= (hasRemoved ? 0 : 1), fault);
      // Under the grant's name it is whole: half of it is never taken for a record, whoever puts the key back.
      for (const grant of grants) assert.deepEqual(readdirSync(grantDirectory(directory, grant)), whole, fault);
      if (!hasRemoved) await next.remove(grantId);
      await next.close();
      assert.deepEqual(
        readdirSync(directory).filter((name) => !name.startsWith("gateway.")),
        [],
      );
    },
  });
  assert.ok(steps.filter((step) => step.startsWith("unlink")).length >= 5);
});

/** Three segments as after kills: an exchange without an end, half a block behind it, half a header line, and a table of its own. */
async function leftBehind(directory: string): Promise<string> {
  const record = await openExchangeRecord({ directory, gatewayId: "left", recordKey: () => key });
  const exchangeId = randomUUID();
  const beginning = { leaseId: randomUUID(), reserved: { requests: 1, tokens: 10 }, facts: {}, method: "POST", path: "/", headers: [] };
  await record.begin({ ...beginning, grantId, exchangeId, session: "s", body: Buffer.from("question") });
  await record.close();
  const paths = [1, 2, 3].map((sequence) => segmentPaths(grantDirectory(directory, grantId), sequence));
  appendFileSync(paths[0]?.segment ?? "", Buffer.alloc(5, 1));
  writeFileSync(paths[1]?.segment ?? "", '{"format":');
  for (const { slots } of paths.slice(1)) writeFileSync(slots, randomBytes(131_072));
  return exchangeId;
}

async function opened(directory: string): Promise<ExchangeRecord> {
  const record = await openExchangeRecord({ directory, gatewayId: "next", recordKey: () => key });
  await record.close();
  return record;
}
