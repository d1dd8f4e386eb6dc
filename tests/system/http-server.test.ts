import assert from "node:assert/strict";
import { existsSync } from "node:fs";
import { mkdtemp, rm } from "node:fs/promises";
import { request as httpsRequest } from "node:https";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, it } from "node:test";
import { reachServer } from "../../src/cli/reach-server.ts";
import { listFeeds, writeBackup } from "../../src/contract/endpoints/feeds.ts";
import { status } from "../../src/contract/endpoints/system.ts";
import { type Config, readConfig } from "../../src/server/config.ts";
import { doorPath } from "../../src/server/local-door/door-path.ts";
import { type RunningServer, startServer } from "../../src/server/main.ts";
import { restoreInstallation } from "../../src/server/restore-installation.ts";
import { isCodedError } from "../../src/vocabulary/coded-error.ts";
import { withPostgresDatabase } from "../database/test-database.ts";

const testdata = join(import.meta.dirname, "testdata");

/** One test a driver, each with a data directory of its own and an installation that nobody else uses. */
function onBothDatabases(title: string, work: (config: Config) => Promise<void>): void {
  it(`${title} (embedded)`, () => withDirectory((dataDirectory) => work(configOf(dataDirectory, undefined))));
  const skip = process.env["DATABASE_URL"] === undefined && "DATABASE_URL is not set";
  it(`${title} (postgres)`, { skip }, () =>
    withPostgresDatabase((url) => withDirectory((dataDirectory) => work(configOf(dataDirectory, url)))),
  );
}

function configOf(dataDirectory: string, databaseUrl: string | undefined): Config {
  return { ...readConfig({ LOG_LEVEL: "silent", SYNC_EVERY_HOURS: "0" }), dataDirectory, databaseUrl, port: 0 };
}

async function withDirectory(work: (directory: string) => Promise<void>): Promise<void> {
  const directory = await mkdtemp(join(tmpdir(), "sluice-server-"));
  try {
    await work(join(directory, "data"));
  } finally {
    await rm(directory, { recursive: true });
  }
}

async function whileRunning(config: Config, work: (server: RunningServer) => Promise<void>): Promise<void> {
  const server = await startServer(config);
  try {
    await work(server);
  } finally {
    await server.stop();
  }
}

describe("the whole server", () => {
  onBothDatabases("starts from nothing, says what it has, and leaves nothing running", async (config) => {
    let url = "";
    await whileRunning(config, async (server) => {
      ({ url } = server);
      assert.equal(await textAt(`${url}/healthz`), "ok\n");
      assert.equal(await textAt(`${url}/readyz`), "ready\n");
      const held = (await (await fetch(`${url}/api/status`)).json()) as { database: string };
      assert.equal(held.database, config.databaseUrl === undefined ? "embedded" : "postgres");
      assert.deepEqual(((await (await fetch(`${url}/openapi.json`)).json()) as { servers: unknown }).servers, [{ url }]);
      assert.match(await textAt(`${url}/docs`), new RegExp(`curl &#39;${url}/healthz|curl '${url}/healthz`));
    });
    await assert.rejects(fetch(`${url}/healthz`));
    assert.equal(existsSync(doorPath(config.dataDirectory)), false);
  });

  onBothDatabases("writes a backup through the door, which another installation restores to the same answers", async (config) => {
    const file = `${config.dataDirectory}.backup`;
    let before: unknown;
    await whileRunning(config, async () => {
      const reached = await reachServer(config);
      before = {
        ...(await reached.client(status)),
        ...(await reached.client(listFeeds)),
        nowMs: 0,
        database: "",
        requestLogin: "",
        snapshot: undefined,
      };
      await reached.client(writeBackup, { body: { file } });
      await assert.rejects(reached.client(writeBackup, { body: { file } }), (error) => isCodedError(error, "conflict"));
      await assert.rejects(reached.client(writeBackup, { body: { file: "here.backup" } }), (error) => isCodedError(error, "input-invalid"));
      await reached.close();
      await assert.rejects(restoreInstallation(config, file), (error) => isCodedError(error, "directory-in-use"));
    });
    const other = { ...config, databaseUrl: undefined, dataDirectory: `${config.dataDirectory}-other` };
    await restoreInstallation(other, file);
    await whileRunning(other, async () => {
      const reached = await reachServer(other);
      const after = {
        ...(await reached.client(status)),
        ...(await reached.client(listFeeds)),
        nowMs: 0,
        database: "",
        requestLogin: "",
        snapshot: undefined,
      };
      assert.deepEqual(after, before);
      await reached.close();
    });
  });

  it("speaks TLS, and says its public address", async () => {
    await withDirectory(async (dataDirectory) => {
      const tls = { certificateFile: join(testdata, "localhost-cert.pem"), keyFile: join(testdata, "localhost-key.pem") };
      const config = { ...configOf(dataDirectory, undefined), tls, publicUrl: "https://sluice.example/" };
      await whileRunning(config, async ({ url, port }) => {
        assert.equal(url, "https://sluice.example");
        const text = await new Promise((resolve, reject) => {
          const options = {
            host: "127.0.0.1",
            port,
            path: "/openapi.json",
            headers: { host: "sluice.example" },
            rejectUnauthorized: false,
            agent: false,
          };
          httpsRequest(options, (response) => {
            let body = "";
            response
              .setEncoding("utf8")
              .on("data", (chunk: string) => (body += chunk))
              .on("end", () => resolve(body));
          })
            .on("error", reject)
            .end();
        });
        assert.match(String(text), /"servers":\[\{"url":"https:\/\/sluice\.example\/"\}\]/);
      });
    });
  });

  const refused: readonly (readonly [title: string, change: Partial<Config>, message: RegExp])[] = [
    [
      "a certificate that is not there",
      { tls: { certificateFile: "/absent.pem", keyFile: join(testdata, "localhost-key.pem") } },
      /^TLS_CERT_FILE: expected a readable file/,
    ],
    [
      "a certificate that is none",
      { tls: { certificateFile: import.meta.filename, keyFile: join(testdata, "localhost-key.pem") } },
      /^TLS_CERT_FILE and TLS_KEY_FILE: expected a PEM certificate/,
    ],
    ["an address that is not this machine's", { host: "192.0.2.1" }, /^HOST: expected an address of this machine/],
  ];
  for (const [title, change, message] of refused) {
    it(`does not start with ${title}, and leaves the data directory free`, async () => {
      await withDirectory(async (dataDirectory) => {
        const config = configOf(dataDirectory, undefined);
        await assert.rejects(
          startServer({ ...config, ...change }),
          (error) => isCodedError(error, "input-invalid") && message.test(error.message),
        );
        assert.equal(existsSync(doorPath(dataDirectory)), false);
        await whileRunning(config, async ({ url }) => assert.equal(await textAt(`${url}/healthz`), "ok\n"));
      });
    });
  }
});

async function textAt(url: string): Promise<string> {
  return (await fetch(url)).text();
}
