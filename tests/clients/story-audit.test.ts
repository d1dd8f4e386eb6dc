import assert from "node:assert/strict";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { test } from "node:test";
import { DRAFTS } from "../story/drafts.ts";
import { type StoryServer, withStoryServer } from "../story/story-server.ts";
import { loadOwnSystem } from "../story/systems.ts";
import { BEGINS_MS, tellStory } from "../story/tell-story.ts";
import { summaryOf } from "../story/written-parts.ts";
import { installClients, runNpm } from "./outside-client.ts";

/** The part of `npm audit --json` that is looked at. */
type Report = {
  readonly vulnerabilities: Readonly<Record<string, { readonly via: readonly ({ readonly title: string } | string)[] }>>;
};

test("when the story is over, unmodified npm audit sees every draft that was published, and nothing else", async () => {
  await installClients();
  await withStoryServer("embedded", BEGINS_MS, async (server) => {
    const system = await loadOwnSystem("ward");
    const { oracle } = await tellStory(server, { looks: "never" });
    const found = oracle.scanOf("ward", system.runs).published;
    assert.ok(found.size > 0);
    assert.deepEqual(
      await auditedTitles(server, system.bytes),
      DRAFTS.filter((draft) => found.has(draft))
        .map(summaryOf)
        .sort(),
    );
  });
});

/** Titles of what npm's own client says of a project that was never installed. */
async function auditedTitles(server: StoryServer, lockfile: Uint8Array): Promise<readonly string[]> {
  const home = await mkdtemp(join(tmpdir(), "sluice-clients-"));
  try {
    const { packages } = JSON.parse(new TextDecoder().decode(lockfile)) as { readonly packages: Readonly<Record<string, unknown>> };
    await writeFile(join(home, "package-lock.json"), lockfile);
    await writeFile(join(home, "package.json"), JSON.stringify(packages[""]));
    const { code, stdout } = await runNpm(["audit", `--registry=${server.url()}`, "--json"], { cwd: home, home });
    assert.equal(code, 1, "npm audit exits with 1 when it has found something");
    const { vulnerabilities } = JSON.parse(stdout) as Report;
    const titles = Object.values(vulnerabilities).flatMap(({ via }) => via.flatMap((one) => (typeof one === "string" ? [] : [one.title])));
    return [...new Set(titles)].sort();
  } finally {
    await rm(home, { recursive: true });
  }
}
