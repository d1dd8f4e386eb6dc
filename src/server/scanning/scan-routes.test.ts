import assert from "node:assert/strict";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, describe, it } from "node:test";
import { appOf } from "../../../tests/support/held-records.ts";
import { statedAnswer } from "../../../tests/support/stated-answer.ts";
import { lockfileOf, projectOf } from "../../../tests/support/stated-project.ts";
import { NOW, statedSnapshotFile } from "../../../tests/support/stated-snapshot.ts";
import { createClient } from "../../contract/client.ts";
import { downloadSnapshot, listFormats, MAX_DOCUMENT_BYTES, scanDocument, scanEndpoints } from "../../contract/endpoints/scans.ts";
import { allInventoryFormats } from "../../formats/read-inventory.ts";
import { ecosystemOf } from "../../matching/ecosystems/ecosystem-of.ts";
import { answerScan } from "../../matching/scan/answer-scan.ts";
import { CodedError, isCodedError, type RefusalCode } from "../../vocabulary/coded-error.ts";
import type { App } from "../app.ts";
import type { Caller } from "../http/caller.ts";
import { createInProcessTransport } from "../local-door/in-process-transport.ts";
import { type LoadedSnapshot, readSnapshotFile, writeSnapshotFile } from "../snapshot-file.ts";
import { scanRoutes } from "./scan-routes.ts";
import { createScanService } from "./scan-service.ts";

const PROJECT = { needs: { a: "^1.0.0" }, installed: { a: "1.0.0" } };

describe("scanning over the API", () => {
  let root: string;
  let app: App;
  let loaded: LoadedSnapshot | undefined;
  before(async () => {
    root = await mkdtemp(join(tmpdir(), "sluice-scanning-"));
    const snapshots = {
      require: () => loaded ?? assertNone(),
      current: () => loaded,
      rebuild: async () => {},
      catchUp: async () => {},
      close: async () => {},
    };
    const staged = {
      match: async (): Promise<never> => {
        throw new Error("no member asks here");
      },
    };
    app = await appOf(scanEndpoints, scanRoutes(createScanService({ snapshots, staged, now: () => NOW }), staged));
  });
  after(async () => {
    await app.close();
    await rm(root, { recursive: true });
  });

  async function load(id: string): Promise<LoadedSnapshot> {
    const path = join(root, `${id}.sluice`);
    writeSnapshotFile(path, statedSnapshotFile([{ id, affects: { a: "introduced 0, fixed 1.1.0" } }]));
    return (loaded = await readSnapshotFile(path));
  }
  const client = () => createClient(createInProcessTransport(app));
  const scan = (bytes: Uint8Array, name?: string) =>
    client()(scanDocument, { body: new Uint8Array(bytes), ...(name === undefined ? {} : { query: { name } }) });

  it("gives the answer that the command line gives", async () => {
    const { snapshot } = await load("GHSA-1");
    const answer = await scan(lockfileOf(PROJECT), "web/package-lock.json");
    const documents = [{ name: "web/package-lock.json", inventory: projectOf(PROJECT) }];
    assert.deepEqual(answer, JSON.parse(JSON.stringify(answerScan({ snapshot, ecosystemOf, documents, unreadable: [], nowMs: NOW }))));
    assert.equal(answer.changes[0]?.commands[0], "npm install a@1.1.0");
  });

  it("names every format that it reads", async () => {
    const { formats } = await client()(listFormats);
    assert.deepEqual(new Set(formats.map(({ id }) => id)), new Set(allInventoryFormats.map(({ id }) => id)));
    const { title, fileNames } = formats.find(({ id }) => id === "package-lock") ?? assert.fail("package-lock is not named");
    assert.match(title, /package-lock\.json/);
    assert.ok(fileNames.includes("package-lock.json"));
  });

  it("knows a document by what is in it when it comes without a name", async () => {
    await load("GHSA-1");
    assert.equal((await scan(lockfileOf(PROJECT))).documents[0]?.name, "document");
  });

  it("takes the release of a list of installed packages, which the list does not state, and refuses what is none", async () => {
    await load("GHSA-1");
    const bytes = new TextEncoder().encode("Package: a\nStatus: install ok installed\nVersion: 1-1\n");
    const ask = (release?: string) =>
      client()(scanDocument, { body: bytes, query: { name: "status", ...(release === undefined ? {} : { release }) } });
    const answered = async (release?: string): Promise<unknown> =>
      (await ask(release)).ecosystems.map(({ ecosystem, cannotSay }) => `${ecosystem} ${cannotSay}`);
    assert.deepEqual(await answered(), ["deb no-release"]);
    assert.deepEqual(await answered("Debian:12"), ["Debian no-data"]);
    assert.deepEqual(await answered("Alpine:v3.18"), ["deb no-release"]);
    for (const release of ["Debian", "12", "npm"])
      await assert.rejects(ask(release), (error) => isCodedError(error, "input-invalid"), release);
  });

  it("refuses what is no document it reads", async () => {
    await load("GHSA-1");
    const cases: readonly (readonly [Uint8Array, string, RefusalCode])[] = [
      [Buffer.from("hello"), "notes.txt", "document-unknown"],
      [Buffer.from(""), "package-lock.json", "document-invalid"],
      [Buffer.from("{"), "package-lock.json", "document-invalid"],
      [Buffer.from([0x7b, 0xff, 0x7d]), "package-lock.json", "document-invalid"],
      [Buffer.from('{"lockfileVersion":9,"packages":{}}'), "package-lock.json", "document-unknown"],
      [lockfileOf(PROJECT), "x".repeat(300), "input-invalid"],
      [lockfileOf(PROJECT), "", "input-invalid"],
    ];
    for (const [bytes, name, code] of cases)
      await assert.rejects(scan(bytes, name), (error) => isCodedError(error, code), `${name}: ${code}`);
    const large = await app.inject({
      method: "POST",
      url: "/api/scans",
      headers: { host: "localhost", "content-type": "application/octet-stream", "content-length": String(MAX_DOCUMENT_BYTES + 1) },
      payload: Buffer.alloc(MAX_DOCUMENT_BYTES + 1, 0x20),
    });
    assert.equal(large.statusCode, 413);
  });

  it("refuses to answer without a snapshot", async () => {
    loaded = undefined;
    await assert.rejects(scan(lockfileOf(PROJECT), "package-lock.json"), (error) => isCodedError(error, "snapshot-missing"));
    await assert.rejects(client()(downloadSnapshot), (error) => isCodedError(error, "snapshot-missing"));
  });

  it("hands the snapshot out as it is, and only when it has changed", async () => {
    const { bytes } = await load("GHSA-1");
    assert.equal(Buffer.compare(await client()(downloadSnapshot), bytes), 0);
    const first = await download({});
    assert.deepEqual(
      [first.statusCode, first.headers["content-type"], first.headers["cache-control"]],
      [200, "application/octet-stream", "no-cache"],
    );
    const etag = String(first.headers["etag"]);
    assert.match(etag, /^"[\w-]+"$/);
    const second = await download({ "if-none-match": etag });
    assert.deepEqual([second.statusCode, second.rawPayload.length, second.headers["etag"]], [304, 0, etag]);
    assert.equal((await download({ "if-none-match": '"other"' })).statusCode, 200);
    await load("GHSA-2-which-is-longer");
    assert.equal((await download({ "if-none-match": etag })).statusCode, 200);
  });

  const download = (headers: Readonly<Record<string, string>>) =>
    app.inject({ method: "GET", url: "/api/snapshot", headers: { host: "localhost", ...headers } });
});

describe("scanning as a member", () => {
  const cases: readonly (readonly [title: string, caller: Partial<Caller> | undefined, asked: "member" | "stranger" | "refused"])[] = [
    ["nobody is answered as a stranger", undefined, "stranger"],
    ["a session that may scan is answered as its member", { verbs: ["scan"], isToken: false }, "member"],
    ["a token that may scan is answered as its member", { verbs: ["scan"], isToken: true }, "member"],
    [
      "a session that may not scan is answered as a stranger, since a browser always sends it",
      { verbs: ["draft.read"], isToken: false },
      "stranger",
    ],
    ["a token that may not scan is refused, and not answered as a stranger", { verbs: ["draft.read"], isToken: true }, "refused"],
  ];
  for (const [title, caller, expected] of cases) {
    it(title, async () => {
      const asked: (Caller | undefined)[] = [];
      const scans = {
        scan: async (_document: unknown, _release: unknown, member?: Caller) => {
          asked.push(member);
          return statedAnswer();
        },
      } as never;
      const handle = scanRoutes(scans, scans).find(({ endpoint }) => endpoint === scanDocument)?.handle ?? assert.fail("no route");
      const answer = async () => handle({ query: { name: "package-lock.json" }, body: lockfileOf(PROJECT), caller } as never);
      if (expected === "refused") await assert.rejects(answer(), (error) => isCodedError(error, "not-allowed"));
      else await answer();
      assert.deepEqual(asked, expected === "refused" ? [] : [expected === "member" ? caller : undefined]);
    });
  }
});

function assertNone(): never {
  throw new CodedError("snapshot-missing", "none yet");
}
