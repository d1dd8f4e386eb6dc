import assert from "node:assert/strict";
import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import { test } from "node:test";
import { setTimeout as sleep } from "node:timers/promises";
import { parseCheckpoint } from "../../src/sealing/checkpoint.ts";
import { cosignaturesOf } from "../../src/sealing/cosignature.ts";
import { parseVerifierKey } from "../../src/sealing/signed-note.ts";
import type { Witness } from "../../src/server/config.ts";
import { sql } from "../../src/server/database/sql.ts";
import { serveLedger, type ServedLedger } from "../support/ledger-log.ts";
import { outsideProgram } from "./outside-client.ts";

const fsck = outsideProgram("TESSERA_FSCK", "tessera-fsck");
const litewitness = outsideProgram("LITEWITNESS", "litewitness");
const agent = outsideProgram("SSH_AGENT", "ssh-agent");

test(
  "tessera's fsck rebuilds the served tree from its entries at every size where tiles change, and finds a changed one",
  { skip: fsck === undefined && "tessera's fsck is not installed" },
  async () => {
    const served = await serveLedger();
    try {
      for (const size of [1, 255, 256, 257, 70_000]) {
        await served.growBy(size - (await served.ledger.state()).size);
        assert.equal((await served.ledger.state()).size, size);
        await untilFsckSays(served, /Completed ranges/, /fsck failed|Invalid/);
      }
      await served.database.query(
        "keeper",
        sql`update ledger_bundle set entries = overlay(entries placing ${new Uint8Array(2)} from 600 for 2) where index = 3`,
      );
      await untilFsckSays(served, /Invalid/);
    } finally {
      await served.close();
    }
  },
);

test(
  "litewitness cosigns every growth, and refuses a fork that is signed with the same key",
  { skip: (litewitness === undefined || agent === undefined) && "litewitness or ssh-agent is not installed" },
  async () => {
    const folder = await mkdtemp(join(tmpdir(), "sluice-witness-"));
    const children: ChildProcess[] = [];
    try {
      const { witness, addLog } = await startWitness(folder, children);
      const served = await serveLedger({ witnesses: [witness] });
      const { origin, verifierKeys } = await served.ledger.state();
      const unknown = serveStateAfter(served, 1);
      assert.match((await unknown).problem ?? "", /does not know this ledger/);
      addLog(origin, verifierKeys[0] ?? "");
      for (const growth of [1, 254, 1, 700]) {
        const { problem, size } = await serveStateAfter(served, growth);
        assert.equal(problem, undefined);
        const checkpoint = parseCheckpoint(await served.ledger.checkpoint());
        assert.equal(size, checkpoint.size);
        assert.equal(cosignaturesOf(checkpoint, [witness.key]).length, 1);
      }
      const fork = await serveLedger({ witnesses: [witness], keys: served.keys, origin });
      assert.match((await serveStateAfter(fork, 20)).problem ?? "", /has cosigned a tree of 957 leaves, and this one has 20/);
      assert.match((await serveStateAfter(fork, 5000)).problem ?? "", /that this one does not continue/);
      assert.deepEqual(cosignaturesOf(parseCheckpoint(await fork.ledger.checkpoint()), [witness.key]), []);
      await fork.close();
      await served.close();
    } finally {
      for (const child of children.toReversed()) {
        child.kill();
        if (child.exitCode === null && child.signalCode === null) await once(child, "exit");
      }
      await rm(folder, { recursive: true, force: true });
    }
  },
);

/** It goes on for ever where a tile is wrong, so it is ended once it has said what is wanted. */
async function untilFsckSays(served: ServedLedger, wanted: RegExp, unwanted?: RegExp): Promise<void> {
  const home = await mkdtemp(join(tmpdir(), "sluice-fsck-"));
  const { origin, verifierKeys } = await served.ledger.state();
  await writeFile(join(home, "log.vkey"), verifierKeys[0] ?? "");
  const child = spawn(
    fsck ?? "",
    ["-v=1", "--logtostderr", "--ui=false", `--storage_url=${served.url}`, `--public_key=${join(home, "log.vkey")}`, `--origin=${origin}`],
    { cwd: home, stdio: ["ignore", "ignore", "pipe"] },
  );
  try {
    let said = "";
    for await (const chunk of child.stderr) {
      said += String(chunk);
      if (unwanted?.test(said) === true) break;
      if (wanted.test(said)) return;
    }
    assert.fail(`expected ${wanted}, got ${said}`);
  } finally {
    child.kill();
    if (child.exitCode === null && child.signalCode === null) await once(child, "exit");
    await rm(home, { recursive: true });
  }
}

async function serveStateAfter(served: ServedLedger, growth: number): Promise<{ readonly problem?: string; readonly size?: number }> {
  await served.growBy(growth);
  // The service that is asked is not the one that grew: it asks the witness again, and says what it heard.
  await served.ledger.runBatch("due");
  const [state] = (await served.ledger.state()).witnesses;
  return state ?? {};
}

type StartedWitness = { readonly witness: Witness; readonly addLog: (origin: string, verifierKey: string) => void };

/** As its manual says, but that the log is written into its database here: the program that does so is one more to install. */
async function startWitness(folder: string, children: ChildProcess[]): Promise<StartedWitness> {
  const socket = join(folder, "agent.sock");
  const key = join(folder, "witness.pem");
  const database = join(folder, "witness.db");
  const run = (program: string, args: readonly string[], env: Readonly<Record<string, string>> = {}) => output(program, args, env);
  await run("ssh-keygen", ["-q", "-t", "ed25519", "-N", "", "-f", key]);
  children.push(spawn(agent ?? "", ["-D", "-a", socket], { stdio: "ignore" }));
  await until(() => run("ssh-add", [key], { SSH_AUTH_SOCK: socket }));
  const fingerprint = /SHA256:\S+/.exec(await run("ssh-keygen", ["-lf", `${key}.pub`]))?.[0] ?? "";
  const port = await freePort();
  const child = spawn(
    litewitness ?? "",
    ["-db", database, "-listen", `127.0.0.1:${port}`, "-name", "witness.example/w1", "-key", fingerprint, "-ssh-agent", socket],
    { cwd: folder, stdio: ["ignore", "ignore", "pipe"] },
  );
  children.push(child);
  let said = "";
  child.stderr?.on("data", (chunk: Buffer) => (said += chunk.toString()));
  const url = new URL(`http://127.0.0.1:${port}`);
  await until(() => fetch(url));
  const verifierKey = /vkey=(\S+)/.exec(said)?.[1]?.replaceAll('"', "") ?? "";
  return {
    witness: { key: parseVerifierKey(verifierKey), url },
    addLog: (origin, logKey) => {
      const file = new DatabaseSync(database, { timeout: 5000 });
      const nothing = "47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU=";
      file.prepare("insert into log (origin, tree_size, tree_hash) values (?, 0, ?)").run(origin, nothing);
      file.prepare("insert into key (origin, key) values (?, ?)").run(origin, logKey);
      file.close();
    },
  };
}

async function until<T>(work: () => Promise<T>): Promise<T> {
  for (let tries = 0; ; tries++) {
    try {
      return await work();
    } catch (error) {
      if (tries === 100) throw error;
      await sleep(100);
    }
  }
}

function output(program: string, args: readonly string[], env: Readonly<Record<string, string>>): Promise<string> {
  return new Promise((resolve, reject) => {
    const child = spawn(program, [...args], { env: { ...process.env, ...env }, stdio: ["ignore", "pipe", "pipe"] });
    let text = "";
    child.stdout.on("data", (chunk: Buffer) => (text += chunk.toString()));
    child.stderr.on("data", (chunk: Buffer) => (text += chunk.toString()));
    child.on("error", reject);
    child.on("close", (code) => (code === 0 ? resolve(text) : reject(new Error(`${program}: ${text}`))));
  });
}

async function freePort(): Promise<number> {
  const server = createServer().listen(0, "127.0.0.1");
  await once(server, "listening");
  const address = server.address();
  await new Promise((resolve) => server.close(resolve));
  return typeof address === "object" && address !== null ? address.port : 0;
}
