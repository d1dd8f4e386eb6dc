import assert from "node:assert/strict";
import { mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, describe, it } from "node:test";
import { gunzipSync } from "node:zlib";
import { type ConsoleFiles, type ConsoleRequest, readConsoleFiles } from "./console-files.ts";

const script = "export const answer = 42;\n".repeat(100);

describe("the console's files", () => {
  let folder: string;
  let files: ConsoleFiles;
  before(async () => {
    folder = await mkdtemp(join(tmpdir(), "sluice-console-"));
    await mkdir(join(folder, "assets"));
    await writeFile(join(folder, "index.html"), "<!doctype html><title>Sluice</title>");
    await writeFile(join(folder, "assets", "main-abc123.js"), script);
    files = await readConsoleFiles(folder);
  });
  after(() => rm(folder, { recursive: true }));

  const ask = (url: string, more: Partial<ConsoleRequest> = {}) =>
    files.answer({ url, accept: undefined, acceptEncoding: undefined, ifNoneMatch: undefined, ...more });
  const browser = { accept: "text/html,application/xhtml+xml,*/*;q=0.8" };

  it("answers the root for everyone and every page for a browser", () => {
    for (const answer of [ask("/"), ask("/?text=x"), ask("/vulnerabilities/CVE-2020-1", browser), ask("/index.html", browser)]) {
      assert.equal(answer?.status, 200);
      assert.equal(answer.headers["cache-control"], "no-cache");
      assert.match(String(answer.body), /<title>Sluice<\/title>/);
    }
  });

  it("leaves the API's addresses and what no browser navigates to alone", () => {
    assert.equal(ask("/vulnerabilities/CVE-2020-1"), undefined);
    for (const path of ["/api/none", "/v1/none", "/-/npm/none", "/assets/old-hash.js"]) assert.equal(ask(path, browser), undefined, path);
    assert.equal(ask("/../package.json"), undefined);
  });

  it("lets hashed files be kept for ever, and compresses them for who takes it", () => {
    const plain = ask("/assets/main-abc123.js");
    assert.equal(plain?.headers["cache-control"], "public, max-age=31536000, immutable");
    assert.equal(String(plain.body), script);
    const packed = ask("/assets/main-abc123.js", { acceptEncoding: "br, gzip" });
    assert.equal(packed?.headers["content-encoding"], "gzip");
    assert.equal(String(gunzipSync(packed.body as Buffer)), script);
    assert.equal(ask("/assets/main-abc123.js", { acceptEncoding: "gzip;q=0, br" })?.headers["content-encoding"], undefined);
  });

  it("answers 304 to who has it", () => {
    const etag = ask("/")?.headers["etag"] ?? "";
    assert.match(etag, /^"[\w-]{22}"$/);
    assert.equal(ask("/", { ifNoneMatch: `"other", W/${etag}` })?.status, 304);
    assert.equal(ask("/", { ifNoneMatch: `"other"` })?.status, 200);
  });

  it("says how to build it when it is not built", async () => {
    const none = await readConsoleFiles(join(folder, "absent"));
    const answer = none.answer({ url: "/", accept: undefined, acceptEncoding: undefined, ifNoneMatch: undefined });
    assert.equal(answer?.status, 503);
    assert.match(String(answer.body), /npm run build:web/);
  });
});
