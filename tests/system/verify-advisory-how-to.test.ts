import assert from "node:assert/strict";
import { spawn, spawnSync } from "node:child_process";
import { once } from "node:events";
import { chmod, mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { delimiter, join } from "node:path";
import { test } from "node:test";
import { openEmbedded } from "../../src/server/database/open-embedded.ts";
import { migrate } from "../../src/server/database/migrate.ts";
import { packageRoot } from "../../src/server/package-root.ts";
import { withPublishedDesk } from "../support/published-desk.ts";
import { withReleaseDesk } from "../support/release-desk.ts";
import { writeDraft } from "../support/staged-drafts.ts";

const NEEDED = ["sh", "curl", "openssl"];

function missing(): string | false {
  const found = NEEDED.every((program) => spawnSync(program, [program === "openssl" ? "version" : "--version"]).error === undefined);
  return found ? false : "openssl and curl are not installed";
}

test(
  "the commands of docs/how-to/verify-an-advisory.md verify what is published, and nothing that was changed",
  { skip: missing() },
  async () => {
    const text = await readFile(join(packageRoot, "docs", "how-to", "verify-an-advisory.md"), "utf8");
    const [byOpenssl = "", , byLedger = ""] = [...text.matchAll(/```sh\n(.*?)```/gs)].map(([, block = ""]) => block);
    assert.match(byOpenssl, /openssl pkeyutl/);
    assert.match(byLedger, /sluice ledger verify/);
    const folder = await mkdtemp(join(tmpdir(), "sluice-verify-"));
    const database = await openEmbedded({ directory: undefined, schema: "current" });
    try {
      await migrate(database);
      await writeFile(join(folder, "sluice"), `#!/bin/sh\nexec "${process.execPath}" "${join(packageRoot, "bin", "sluice.js")}" "$@"\n`);
      await chmod(join(folder, "sluice"), 0o755);
      await withReleaseDesk(database, async (desk) => {
        const owner = await desk.actors.makeMember(await desk.actors.makeOrganisation("Harbour desk"));
        const { draft, advisory } = await writeDraft(database, { actor: desk.caller(owner).actor, member: owner, atMs: desk.hour(0) }, [
          { kind: "summary", body: { text: "A length is trusted; „ü“ stands here so that bytes are not characters" } },
        ]);
        const stages = [{ level: "public" as const, opens: { instantMs: desk.hour(1), zone: "UTC" }, on: [] }];
        const { revision } = await desk.releases.write(desk.caller(owner), draft, { stages });
        await desk.releases.agree(desk.caller(owner), draft, revision);
        await desk.toHour(1);
        await withPublishedDesk(desk, async ({ url, verifierKey, runBatch }) => {
          await runBatch();
          const run = async (script: string) => {
            const child = spawn("sh", ["-e", "-c", script.replace("VKEY", verifierKey)], {
              cwd: folder,
              env: { ...process.env, SERVER: url, ID: advisory, PATH: `${folder}${delimiter}${process.env["PATH"] ?? ""}` },
            });
            let output = "";
            for (const stream of [child.stdout, child.stderr]) stream.setEncoding("utf8").on("data", (piece: string) => (output += piece));
            const [code] = (await once(child, "close")) as [number | null];
            return { code, output };
          };
          const first = await run(byOpenssl);
          assert.deepEqual([first.code, first.output.trim()], [0, "Signature Verified Successfully"]);
          const second = await run(byLedger);
          assert.equal(second.code, 0, second.output);
          assert.match(second.output, /byte for byte\n {2}It was signed by a key that you named/);

          const record = await readFile(join(folder, "record.json"), "utf8");
          await writeFile(join(folder, "record.json"), record.replace("trusted", "checked"));
          const changed = await run(byOpenssl.split("\n").at(-2) ?? "");
          assert.equal(changed.code, 1, changed.output);
          await writeFile(join(folder, "record.json"), record);
          await writeFile(
            join(folder, "advisory-key.pem"),
            "-----BEGIN PUBLIC KEY-----\nMCowBQYDK2VwAyEA11qYAYKxCrfVS/7TyWQHOg7hcvPapiMlrwIaaPcHURo=\n-----END PUBLIC KEY-----\n",
          );
          const another = await run(byLedger);
          assert.equal(another.code, 1, another.output);
          assert.match(another.output, /no signature over revision 1 of .+ is by a key of advisory-key.pem/);
        });
      });
    } finally {
      await database.close();
      await rm(folder, { recursive: true });
    }
  },
);
