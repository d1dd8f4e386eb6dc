import assert from "node:assert/strict";
import { existsSync, globSync, readFileSync, statSync } from "node:fs";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { test } from "node:test";
import { createDoorTransport } from "../../src/cli/door-transport.ts";
import { createClient } from "../../src/contract/client.ts";
import { addWindow, endWindow, giveCredential } from "../../src/contract/endpoints/access-windows.ts";
import { writeBackup } from "../../src/contract/endpoints/feeds.ts";
import { listCertificates } from "../../src/contract/endpoints/model-history.ts";
import { enrolModel, readModel } from "../../src/contract/endpoints/models.ts";
import { inviteMember } from "../../src/contract/endpoints/one-time-links.ts";
import { createOrganisation } from "../../src/contract/endpoints/organisations.ts";
import { openBackupFile } from "../../src/server/backup/backup-file.ts";
import { readConfig } from "../../src/server/config.ts";
import { doorPath } from "../../src/server/local-door/door-path.ts";
import { startServer } from "../../src/server/main.ts";
import { withPostgresDatabase } from "../database/test-database.ts";
import { enrolAt } from "../support/http-member.ts";

const CREDENTIAL = "sk-the-labs-own-0123456789abcdefghijklmnopqrstuvwxyz";
const HOUR_MS = 3_600_000;

test("a lab's credential is nowhere in the clear, and after its window no key of it is left (embedded)", () => withCredential({}));

test(
  "a lab's credential is nowhere in the clear, and after its window no key of it is left (postgres)",
  { skip: process.env["DATABASE_URL"] === undefined && "DATABASE_URL is not set" },
  () => withPostgresDatabase((url, requestUrl) => withCredential({ DATABASE_URL: url, DATABASE_REQUEST_URL: requestUrl })),
);

async function withCredential(database: Readonly<Record<string, string>>): Promise<void> {
  const directory = await mkdtemp(join(tmpdir(), "sluice-credential-"));
  const data = join(directory, "data");
  const keys = `${data}-keys`;
  const config = readConfig(
    {
      DATA_DIR: data,
      SLUICE_KEYS_DIR: keys,
      HOST: "127.0.0.1",
      PORT: "0",
      LOG_LEVEL: "silent",
      SYNC_EVERY_HOURS: "0",
      ...database,
    },
    {},
  );
  const server = await startServer(config);
  let closeDoor = (): void => {};
  try {
    const link = await server.firstAdministratorLink();
    assert.ok(link !== undefined);
    const desk = await enrolAt(server.url, link, { name: "Ada", email: "ada@desk.example", organisation: "Harbour desk" });
    const made = await desk.ask(createOrganisation, { body: { name: "Aurora lab", kind: "lab", hasIntelligenceFunction: false } });
    const invited = await desk.ask(inviteMember, {
      body: { name: "Lia", email: "lia@aurora.example", role: "administrator", organisation: made.id },
    });
    const lab = await enrolAt(server.url, invited.link);
    const hour = (hours: number) => ({ instantMs: Date.now() + hours * HOUR_MS, zone: "UTC" });
    const { id: model } = await lab.ask(enrolModel, {
      body: {
        name: "Aurora with a name to be found",
        desk: desk.session.acting.organisation,
        wire: "anthropic",
        custody: "here",
        versions: [{ name: "aurora", baseUrl: "https://models.aurora.example", upstreamName: "aurora-1" }],
        partnerRelease: hour(200),
        terms: {
          purposes: ["cyber evaluation"],
          retentionDays: 1,
          destruction: "All of it.",
          confidentiality: "All of it.",
          whoMaySee: "The desk.",
          contacts: [{ name: "Lia", reach: "lia@aurora.example" }],
        },
      },
    });
    const { id: window } = await lab.ask(addWindow, {
      params: { model },
      body: { kind: "testing-window", name: "Tests", opens: hour(-1) },
    });
    const given = await lab.ask(giveCredential, { params: { window }, body: { credential: CREDENTIAL } });
    assert.deepEqual([given.state, given.credential], ["open", "given"]);
    assert.ok(!JSON.stringify(await lab.ask(readModel, { params: { model } })).includes(CREDENTIAL));

    const { transport, close } = createDoorTransport(doorPath(data));
    closeDoor = close;
    const door = createClient(transport);
    const keyFile = `grant-${window}-credential.key`;
    const places = (): readonly string[] => [data, keys].filter((place) => existsSync(place));
    const backup = async (name: string): Promise<string> => {
      const file = join(directory, name);
      await door(writeBackup, { body: { file } });
      return textOf(file);
    };
    const first = await backup("open.backup");
    // What is looked for is found where it is.
    assert.ok(first.includes("Aurora with a name to be found") && first.includes("sluice-credential-1."));
    assert.ok(filesIn(places()).some((file) => file.endsWith(keyFile)));
    assert.ok(!first.includes(CREDENTIAL));
    assert.deepEqual(holding(places(), CREDENTIAL), []);
    assert.ok(
      filesIn([data]).every((file) => !file.endsWith(".key")),
      "the key is not where the data are",
    );

    const ended = await lab.ask(endWindow, { params: { window } });
    assert.deepEqual([ended.state, ended.credential], ["closed", "destroyed"]);
    assert.deepEqual(
      filesIn(places()).filter((file) => file.includes(`${window}-credential`)),
      [],
    );
    const second = await backup("closed.backup");
    assert.ok(second.includes(model) && !second.includes("sluice-credential-1.") && !second.includes(CREDENTIAL));
    assert.deepEqual(holding(places(), CREDENTIAL), []);
    const [certificate] = (await lab.ask(listCertificates, { query: {} })).rows;
    assert.equal(certificate?.file, join(keys, keyFile));
  } finally {
    closeDoor();
    await server.stop();
    await rm(directory, { recursive: true, force: true });
  }
}

function filesIn(places: readonly string[]): readonly string[] {
  return places.flatMap((place) =>
    globSync("**/*", { cwd: place })
      .map((name) => join(place, name))
      .filter((path) => statSync(path, { throwIfNoEntry: false })?.isFile() === true),
  );
}

function holding(places: readonly string[], text: string): readonly string[] {
  return filesIn(places).filter((file) => readFileSync(file).includes(text));
}

async function textOf(backup: string): Promise<string> {
  const reader = await openBackupFile(backup);
  try {
    return (await Array.fromAsync(reader.lines())).join("\n");
  } finally {
    await reader.close();
  }
}
