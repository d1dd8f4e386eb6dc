import assert from "node:assert/strict";
import { randomUUID } from "node:crypto";
import { existsSync, mkdirSync, mkdtempSync, readdirSync, renameSync, rmSync, statSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { it } from "node:test";
import { openSteward, type Steward, type StewardGrant } from "../../../tests/support/steward.ts";
import { grantDirectory, removedDirectory, segmentPaths } from "../../sealing/segment-paths.ts";
import { isCodedError } from "../../vocabulary/coded-error.ts";
import type { GatewayLine } from "../log.ts";
import type { EndedExchange, ExchangeBeginning } from "../record/exchange.ts";
import { type ExchangeRecord, openExchangeRecord } from "../record/exchange-record.ts";
import { createRemains, type Remains } from "./remains.ts";

type Scene = {
  readonly directory: string;
  readonly steward: Steward;
  readonly lines: GatewayLine[];
  readonly running: Set<string>;
  readonly grant: () => StewardGrant;
  /** What a start of a gateway does. */
  readonly start: () => Promise<{ readonly record: ExchangeRecord; readonly remains: Remains }>;
};

function scene(title: string, work: (scene: Scene) => Promise<void>): void {
  it(title, async () => {
    const steward = await openSteward();
    const directory = mkdtempSync(join(tmpdir(), "sluice-remains-"));
    const window = steward.openWindow({ wire: "openai", baseUrl: "http://127.0.0.1:1", credential: "sk" });
    const lines: GatewayLine[] = [];
    const running = new Set<string>();
    const opened: { readonly record: ExchangeRecord; readonly remains: Remains }[] = [];
    try {
      await work({ directory, steward, lines, running, grant: () => steward.openGrant(window), start });
    } finally {
      for (const { record, remains } of opened) {
        await remains.stop();
        await record.close();
      }
      await steward.stop();
      rmSync(directory, { recursive: true, force: true });
    }

    async function start(): Promise<{ readonly record: ExchangeRecord; readonly remains: Remains }> {
      for (const { record, remains } of opened.splice(0)) {
        await remains.stop();
        await record.close();
      }
      const record = await openExchangeRecord({ directory, gatewayId: "g1", recordKey: steward.recordKey });
      const remains = createRemains({
        client: steward.client,
        gateway: "g1",
        clock: { monotonicMs: () => 0 },
        record,
        isRunning: (grantId) => running.has(grantId),
        settled: Promise.resolve(),
        log: (line) => void lines.push(line),
      });
      opened.push({ record, remains });
      return { record, remains };
    }
  });
}

scene("what was recorded of a grant is removed when its key's destruction is certified, and of no other grant", async (scene) => {
  const { steward, directory } = scene;
  const [over, alsoOver, stays] = [scene.grant(), scene.grant(), scene.grant()];
  const { record, remains } = await scene.start();
  for (const grant of [over, alsoOver, stays]) await used(record, grant);
  const expected = await Promise.all(
    [over, alsoOver].map(async (grant) => {
      await record.releaseGrant(grant.id);
      return { level: "info", event: "record-removed", grant: grant.id, ...sizeOf(grantDirectory(directory, grant.id)) };
    }),
  );
  for (const grant of [over, alsoOver]) destroyed(steward, grant);
  await Promise.all([remains.look(), remains.look()]);
  assert.deepEqual(sorted(scene.lines), sorted(expected));
  assert.deepEqual(directoriesOf(directory), [stays.id]);
  // Nothing begins anew, and no host is asked for a key that it would make.
  await assert.rejects(record.begin(beginning(over)), (error) => isCodedError(error, "not-allowed"));
  await record.settled(over.id, [randomUUID()]);
  await used(record, stays);
  await remains.look();
  assert.deepEqual(directoriesOf(directory), [stays.id]);
});

scene(
  "without a certificate everything stays: a key whose file is missing is not destroyed, and a key that is held opens",
  async (scene) => {
    const { steward, directory } = scene;
    const [missing, held] = [scene.grant(), scene.grant()];
    const first = await scene.start();
    for (const grant of [missing, held]) await used(first.record, grant);
    steward.loseRecordKey(missing);
    // Somebody put the key back from a copy: what it opens is not removed behind its back.
    steward.certify(held);
    await first.remains.look();
    const later = await scene.start();
    await later.remains.look();
    assert.deepEqual(directoriesOf(directory), sorted([missing.id, held.id]));
    steward.refuse("readGatewayDestroyedRecords", 503);
    steward.certify(missing);
    await later.remains.look();
    assert.ok(existsSync(grantDirectory(directory, missing.id)));
    assert.equal(scene.lines.at(-1)?.event, "remains-not-looked-at");
    steward.refuse("readGatewayDestroyedRecords", undefined);
    await later.remains.look();
    assert.deepEqual(directoriesOf(directory), [held.id]);
  },
);

scene("a grant of which an exchange runs or is not settled stays until it is", async (scene) => {
  const { steward, directory, running } = scene;
  const grant = scene.grant();
  const left = scene.grant();
  const first = await scene.start();
  const ofBefore = await exchanged(first.record, left);
  const { record, remains } = await scene.start();
  assert.deepEqual(
    record.recovered.map(({ exchangeId }) => exchangeId),
    [ofBefore.exchangeId],
  );
  running.add(grant.id);
  const exchange = await record.begin(beginning(grant));
  for (const one of [grant, left]) destroyed(steward, one);
  await remains.look();
  running.delete(grant.id);
  await remains.look();
  const cut = await exchange.cut("revoked");
  await remains.look();
  assert.deepEqual(directoriesOf(directory), sorted([grant.id, left.id]));
  await record.settled(grant.id, [cut.exchangeId]);
  running.add(grant.id);
  await remains.look();
  assert.deepEqual(directoriesOf(directory), sorted([grant.id, left.id]));
  running.clear();
  await remains.look();
  assert.deepEqual(directoriesOf(directory), [left.id]);
  await record.settled(left.id, [ofBefore.exchangeId]);
  await remains.look();
  assert.deepEqual(directoriesOf(directory), []);
});

for (const [when, leave] of [
  ["before it lost its name", () => {}],
  [
    "after it lost its name",
    (directory: string, grant: StewardGrant) => renameSync(grantDirectory(directory, grant.id), removedDirectory(directory, grant.id)),
  ],
] as const) {
  scene(`a removal that was killed in its middle, ${when}, is no damage at the next start, and goes on there`, async (scene) => {
    const { steward, directory } = scene;
    const grant = scene.grant();
    const first = await scene.start();
    await used(first.record, grant);
    destroyed(steward, grant);
    await first.record.releaseGrant(grant.id);
    rmSync(segmentPaths(grantDirectory(directory, grant.id), 1).slots);
    leave(directory, grant);
    const { record, remains } = await scene.start();
    assert.deepEqual([record.problems, record.recovered], [[], []]);
    await remains.look();
    assert.deepEqual(directoriesOf(directory), []);
    assert.deepEqual(
      scene.lines.map(({ event, grant: of, files }) => [event, of, files]),
      [["record-removed", grant.id, 1]],
    );
  });
}

scene(
  "what an earlier removal left goes together with what has come since under the grant's name",
  async ({ directory, steward, ...scene }) => {
    const grant = scene.grant();
    const { record, remains } = await scene.start();
    await used(record, grant);
    destroyed(steward, grant);
    mkdirSync(removedDirectory(directory, grant.id));
    writeFileSync(join(removedDirectory(directory, grant.id), "00000001.segment"), "left");
    await remains.look();
    assert.deepEqual(directoriesOf(directory), []);
  },
);

scene("directories that no gateway made are neither asked about nor removed", async ({ directory, ...scene }) => {
  for (const name of ["lost+found", "old.removed"]) mkdirSync(join(directory, name));
  const { remains } = await scene.start();
  await remains.look();
  assert.deepEqual(directoriesOf(directory), ["lost+found", "old.removed"]);
  assert.deepEqual([scene.lines, scene.steward.calls("readGatewayDestroyedRecords")], [[], 0]);
});

scene("a directory that cannot be removed is told, holds up no other, and goes as soon as it can", async (scene) => {
  const { steward, directory } = scene;
  const [stuck, other] = [scene.grant(), scene.grant()];
  const { record, remains } = await scene.start();
  for (const grant of [stuck, other]) {
    await used(record, grant);
    destroyed(steward, grant);
  }
  // Rights would not keep out the superuser: a file in the way does.
  writeFileSync(removedDirectory(directory, stuck.id), "in the way");
  await remains.look();
  assert.deepEqual(directoriesOf(directory), [stuck.id]);
  assert.deepEqual(sorted(scene.lines.map(({ event, grant }) => [event, grant])), [
    ["record-not-removed", stuck.id],
    ["record-removed", other.id],
  ]);
  rmSync(removedDirectory(directory, stuck.id));
  await remains.look();
  assert.deepEqual(directoriesOf(directory), []);
});

async function used(record: ExchangeRecord, grant: StewardGrant): Promise<void> {
  const { exchangeId } = await exchanged(record, grant);
  await record.settled(grant.id, [exchangeId]);
}

async function exchanged(record: ExchangeRecord, grant: StewardGrant): Promise<EndedExchange> {
  const exchange = await record.begin(beginning(grant));
  return exchange.close({ outcome: "complete", usage: {}, charged: { requests: 1, tokens: 1 } });
}

function beginning(grant: StewardGrant): ExchangeBeginning {
  return {
    grantId: grant.id,
    exchangeId: randomUUID(),
    session: "s",
    leaseId: randomUUID(),
    reserved: { requests: 1, tokens: 50 },
    facts: {},
    method: "POST",
    path: "/v1/chat/completions",
    headers: [],
    body: Buffer.from("{}"),
  };
}

function destroyed(steward: Steward, grant: StewardGrant): void {
  steward.loseRecordKey(grant);
  steward.certify(grant);
}

function directoriesOf(directory: string): readonly string[] {
  return readdirSync(directory, { withFileTypes: true })
    .filter((entry) => entry.isDirectory())
    .map(({ name }) => name)
    .toSorted();
}

function sizeOf(directory: string): { readonly files: number; readonly bytes: number } {
  const names = readdirSync(directory);
  return { files: names.length, bytes: names.reduce((sum, name) => sum + statSync(join(directory, name)).size, 0) };
}

function sorted<T>(rows: readonly T[]): readonly T[] {
  return rows.toSorted((a, b) => (JSON.stringify(a) < JSON.stringify(b) ? -1 : 1));
}
