import assert from "node:assert/strict";
import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { existsSync, readdirSync } from "node:fs";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { test } from "node:test";
import { setTimeout as pause } from "node:timers/promises";
import { credentialKeyOf, recordKeyOf } from "../../src/sealing/grant-keys.ts";
import { grantDirectory } from "../../src/sealing/segment-paths.ts";
import { sealCredential } from "../../src/sealing/sealed-credential.ts";
import { makeToken, secretDigest } from "../../src/sealing/token.ts";
import { type Config, readConfig } from "../../src/server/config.ts";
import type { OwnedDatabase } from "../../src/server/database/database.ts";
import { migrate } from "../../src/server/database/migrate.ts";
import { openOwnedDatabase } from "../../src/server/database/open-database.ts";
import { sql } from "../../src/server/database/sql.ts";
import { type RunningServer, startServer } from "../../src/server/main.ts";
import { openKeys } from "../../src/server/open-keys.ts";
import { packageRoot } from "../../src/server/package-root.ts";
import { exchangesIn } from "../../src/server/sealed-files.ts";
import type { KeyRing } from "../../src/sealing/key-ring.ts";
import { type ModelServer, openModelServer } from "../model-servers/model-server.ts";
import { type ModelDesk, openModelDesk } from "../support/model-desk.ts";
import { runSluice } from "../support/run-sluice.ts";
import { withTrustedActors } from "../support/trusted-actors.ts";

const CREDENTIAL = "sk-of-the-lab";
/** Longer than what the terms say. */
const RETAINED_MS = 91 * 86_400_000;
const SLUICE = join(packageRoot, "bin", "sluice.js");

type Installation = {
  readonly config: Config;
  readonly keys: KeyRing;
  readonly model: ModelServer;
  /** What is in the database, while no server runs. */
  readonly inDatabase: <T>(work: (database: OwnedDatabase, models: ModelDesk) => Promise<T>) => Promise<T>;
  readonly serve: (port?: number) => Promise<RunningServer>;
  readonly gateway: (
    args: readonly string[],
    environment?: Readonly<Record<string, string>>,
  ) => Promise<{ readonly url: string; readonly stop: () => Promise<number> }>;
};

async function withInstallation(work: (installation: Installation) => Promise<void>): Promise<void> {
  const folder = await mkdtemp(join(tmpdir(), "sluice-gateway-"));
  const config = { ...readConfig({ LOG_LEVEL: "silent", SYNC_EVERY_HOURS: "0", DATA_DIR: join(folder, "data") }), port: 0 };
  const { keys } = await openKeys(config);
  const model = await openModelServer({ wire: "openai", credential: CREDENTIAL });
  const children = new Set<ChildProcess>();
  const servers: RunningServer[] = [];
  try {
    await work({
      config,
      keys,
      model,
      inDatabase: async (use) => {
        const database = await openOwnedDatabase(config);
        try {
          await migrate(database);
          return await withTrustedActors(database, async (actors) => {
            actors.setClock(Date.now());
            return use(database, await openModelDesk(database, actors));
          });
        } finally {
          await database.close();
        }
      },
      serve: async (port = 0) => {
        const server = await startServer({ ...config, port });
        servers.push(server);
        return server;
      },
      gateway: async (args, environment = {}) => {
        const child = spawn(process.execPath, [SLUICE, "gateway", "--port", "0", ...args], {
          stdio: ["ignore", "pipe", "inherit"],
          env: { ...process.env, LOG_LEVEL: "error", ...environment },
        });
        children.add(child);
        const [said] = (await once(child.stdout, "data")) as [Buffer];
        const url = /listens on (\S+)/.exec(said.toString())?.[1];
        assert.ok(url !== undefined, said.toString());
        return {
          url,
          stop: async () => {
            const ended = once(child, "exit") as Promise<[number]>;
            child.kill("SIGTERM");
            children.delete(child);
            return (await ended)[0];
          },
        };
      },
    });
  } finally {
    for (const child of children) child.kill("SIGKILL");
    for (const server of servers) await server.stop();
    await model.stop();
    await rm(folder, { recursive: true });
  }
}

async function ask(url: string, token: string): Promise<Response> {
  return fetch(`${url}/v1/chat/completions`, {
    method: "POST",
    headers: { authorization: `Bearer ${token}`, "content-type": "application/json" },
    body: JSON.stringify({ model: "aurora-1", max_tokens: 20, messages: [{ role: "user", content: "hello" }] }),
  });
}

async function until(what: () => Promise<boolean> | boolean): Promise<void> {
  while (!(await what())) await pause(50);
}

test(
  "a gateway beside the server brings a tool's call to the lab's model, and the server has it in its books",
  { timeout: 300_000 },
  async () => {
    await withInstallation(async ({ config, keys, model, inDatabase, serve, gateway }) => {
      const { token, grant } = await inDatabase(async (_database, models) => {
        const sealed = (window: string): string => sealCredential(keys.grantKey(credentialKeyOf(window)).secret, window, CREDENTIAL);
        const granted = await models.grantedModel({ baseUrl: model.baseUrl, sealed });
        return { ...granted, token: await models.issueToken(granted.grant) };
      });
      const server = await serve();
      assert.equal((await server.status()).gateway.connected, false);
      const { url, stop } = await gateway(["--data-dir", config.dataDirectory]);
      await until(async () => (await server.status()).gateway.connected);

      // A machine that is busy may keep the server from answering for a second: then nothing goes through, as it should be.
      const statusOf = async (text: string): Promise<number> => {
        for (;;) {
          const { status } = await ask(url, text);
          if (status !== 503) return status;
        }
      };
      assert.equal(await statusOf(token.text), 200);
      const received = model.received.at(-1);
      assert.deepEqual(
        [received?.headers.authorization, JSON.stringify(received?.rawHeaders).includes(token.text)],
        [`Bearer ${CREDENTIAL}`, false],
      );
      assert.equal(await statusOf(makeToken("slm")), 401);
      assert.equal(await stop(), 0);
      await server.stop();

      await inDatabase(async (database) => {
        const [booked] = await database.query<Record<string, unknown>>(
          "keeper",
          sql`select x.outcome, x.grant_id, g.spent_requests, g.reserved_requests, (select count(*) from segment_head) as heads
            from exchange x join access_grant g on g.id = x.grant_id`,
        );
        assert.deepEqual(booked, { outcome: "complete", grant_id: grant, spent_requests: 1, reserved_requests: 0, heads: 1 });
      });
      keys.reload();
      assert.ok(keys.heldGrantKey(recordKeyOf(grant)) !== undefined);
    });
  },
);

test(
  "a gateway on a lab's premises has credential and record to itself, destroys their keys when they are over, and removes what it had recorded",
  { timeout: 300_000 },
  async () => {
    await withInstallation(async ({ config, keys, model, inDatabase, serve, gateway }) => {
      const slg = makeToken("slg");
      const { token, window, grant } = await inDatabase(async (database, models) => {
        const granted = await models.grantedModel({ custody: "premises", baseUrl: model.baseUrl, sealed: undefined });
        const { id: digestKey, secret } = keys.current("token");
        await database.query(
          "keeper",
          sql`insert into gateway (organisation_id, name, digest, digest_key_id, created_by, created_at)
            values (${models.lab.organisation}, 'Basement', ${secretDigest(secret, slg)}, ${digestKey}, ${models.lab.person}, ${new Date()})`,
        );
        return { ...granted, token: await models.issueToken(granted.grant) };
      });
      const server = await serve();
      const premises = `${config.dataDirectory}-premises`;
      const kept = await runSluice(["gateway", "credential", window, "--data-dir", premises], { input: `${CREDENTIAL}\n` });
      assert.deepEqual([kept.code, kept.stderr], [0, ""]);
      const sealedFile = /in (\S+)\n$/.exec(kept.stdout)?.[1] ?? "";
      const keyFile = join(`${premises}-keys`, `grant-${credentialKeyOf(window)}.key`);
      assert.ok(existsSync(sealedFile) && existsSync(keyFile));

      const recordKeyFile = join(`${premises}-keys`, `grant-${recordKeyOf(grant)}.key`);
      const recorded = grantDirectory(exchangesIn(premises), grant);
      const { url, stop } = await gateway(["--data-dir", premises, "--server", server.listensOn], { SLUICE_GATEWAY_TOKEN: slg });
      await until(async () => (await ask(url, token.text)).status === 200);
      assert.equal(model.received.at(-1)?.headers.authorization, `Bearer ${CREDENTIAL}`);
      await server.stop();
      await inDatabase((database) =>
        database.query("keeper", sql`update access_window set ended_at = ${new Date(Date.now() - RETAINED_MS)}, ended_because = 'ended'`),
      );
      const again = await serve(server.port);
      await until(() => !existsSync(sealedFile));
      await until(() => !existsSync(keyFile));
      await until(() => !existsSync(recordKeyFile));
      assert.notEqual((await ask(url, token.text)).status, 200);
      await stop();
      assert.ok(existsSync(recorded));
      const next = await gateway(["--data-dir", premises, "--server", again.listensOn], { SLUICE_GATEWAY_TOKEN: slg });
      await until(() => !existsSync(recorded));
      await next.stop();
      assert.deepEqual(
        readdirSync(exchangesIn(premises), { withFileTypes: true }).filter((entry) => entry.isDirectory()),
        [],
      );
      assert.ok(!existsSync(recordKeyFile));
      await again.stop();

      await inDatabase(async (database) => {
        const certificates = await database.query<Record<string, unknown>>(
          "keeper",
          sql`select what, key_id, file, gateway ~ '^[0-9a-f-]{36}/gateway-[0-9a-f]{12}$' as there
              from destruction_certificate order by what`,
        );
        assert.deepEqual(certificates, [
          { what: "credential", key_id: `grant-${credentialKeyOf(window)}`, file: keyFile, there: true },
          { what: "record", key_id: `grant-${recordKeyOf(grant)}`, file: recordKeyFile, there: true },
        ]);
        const places = await database.query<Record<string, unknown>>(
          "keeper",
          sql`select p.what, p.window_id, p.grant_id, p.gateway = c.gateway as same from key_place p
              join destruction_certificate c on c.what = p.what order by p.what`,
        );
        assert.deepEqual(places, [
          { what: "credential", window_id: window, grant_id: null, same: true },
          { what: "record", window_id: window, grant_id: grant, same: true },
        ]);
      });
    });
  },
);
