import assert from "node:assert/strict";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { test } from "node:test";
import { setTimeout as pause } from "node:timers/promises";
import { createDoorTransport } from "../../../src/cli/door-transport.ts";
import { createClient } from "../../../src/contract/client.ts";
import { addWindow, giveCredential } from "../../../src/contract/endpoints/access-windows.ts";
import { issueModelToken, listExchanges } from "../../../src/contract/endpoints/exchanges.ts";
import { writeBackup } from "../../../src/contract/endpoints/feeds.ts";
import { listGrants, makeGrant } from "../../../src/contract/endpoints/grants.ts";
import { listCertificates, listUse } from "../../../src/contract/endpoints/model-history.ts";
import { listNotifications } from "../../../src/contract/endpoints/notifications.ts";
import { enrolModel, moveRelease, previewRelease, readModel, withdrawModel } from "../../../src/contract/endpoints/models.ts";
import { proposePartner, turnPartnerKey } from "../../../src/contract/endpoints/partners.ts";
import { costOfProbes, USUAL_PLAN } from "../../../src/gateway/identity/probe-plan.ts";
import { doorPath } from "../../../src/server/local-door/door-path.ts";
import { withPostgresDatabase } from "../../database/test-database.ts";
import { openModelServer, type ModelServer } from "../../model-servers/model-server.ts";
import { runSluice } from "../../support/run-sluice.ts";
import { seededRandom } from "../../support/seeded-random.ts";
import { allPages } from "../all-pages.ts";
import { until } from "./eventually.ts";
import { enrolPeople, type People, type Person } from "./people.ts";
import { type Restartable, startRestartable } from "./restartable.ts";
import { filesWith } from "./secrets.ts";
import { BY_A_TOOL, type Call, openTool, type Tool } from "./tool.ts";

const DAY_MS = 24 * 60 * 60 * 1000;
const TESTING_CREDENTIAL = "sk-testing-window-5d1f0c9be2a74413";
const STAGE_CREDENTIAL = "sk-partner-stage-77e0b1a94cd25f08";
const PURPOSE = "Finding and using software flaws";
const OTHER_PURPOSE = "Refusals and safeguards";
const UNIVERSITY_REQUESTS = 5;
/** What one run of probes asks. */
const ONE_RUN = costOfProbes(USUAL_PLAN, 0).aRun.requests;
const seed = Number(process.env["SLUICE_SEED"] ?? 11);
/** What ends access takes hold within so long. */
const AT_ONCE_MS = 1000;

const title =
  "a model's window, from the offer to the withdrawal: it opens and closes by itself, both processes are killed, and nothing is lost, leaked or overspent";

test(`${title} (embedded)`, () => tell({}));

test(`${title} (postgres)`, { skip: process.env["DATABASE_URL"] === undefined && "DATABASE_URL is not set" }, () =>
  withPostgresDatabase((databaseUrl, databaseRequestUrl) => tell({ DATABASE_URL: databaseUrl, DATABASE_REQUEST_URL: databaseRequestUrl })),
);

type Scene = {
  readonly people: People;
  readonly model: ModelServer;
  readonly server: Restartable;
  readonly gateway: Restartable;
  readonly enrolment: string;
};

async function tell(database: Readonly<Record<string, string>>): Promise<void> {
  const directory = await mkdtemp(join(tmpdir(), "sluice-model-story-"));
  const dataDirectory = join(directory, "data");
  const keysDirectory = join(directory, "keys");
  const environment = {
    ...database,
    DATA_DIR: dataDirectory,
    SLUICE_KEYS_DIR: keysDirectory,
    LOG_LEVEL: "info",
    SYNC_EVERY_HOURS: "0",
    REQUESTS_PER_MINUTE: "10000000",
    ALLOWED_PRIVATE_HOSTS: "127.0.0.1",
    SLUICE_LEDGER_EVERY_SECONDS: "1",
    SLUICE_LEDGER_BATCH_LEAVES: "128",
  };
  const model = await openModelServer({ wire: "openai", credential: TESTING_CREDENTIAL });
  const server = await startRestartable((port) => ["serve", "--no-build", "--port", String(port)], {
    ...environment,
    SLUICE_GATEWAY: "off",
  });
  const gateway = await startRestartable((port) => ["gateway", "--port", String(port)], environment);
  try {
    const people = await enrolPeople(server.url, dataDirectory);
    const enrolment = await offer(people, model);
    const scene: Scene = { people, model, server, gateway, enrolment };
    const institute = await testers(scene);
    await notices(scene, institute);
    await survivesKills(scene, institute);
    await releaseMoves(scene, institute);
    const bank = await partnersComeIn(scene, institute);
    await checkAccounts(scene, institute, bank);
    await withdraws(scene, bank);
    await nothingIsLeft(scene, { dataDirectory, keysDirectory, backup: join(directory, "backup.sluice") });
    await until("the ledger has a batch and verifies", async () => {
      const verified = await runSluice(["ledger", "verify", `${server.url}/ledger/`]);
      return verified.code === 0 ? true : undefined;
    });
  } catch (cause) {
    const said = `the gateway said:\n${gateway.words().slice(-4000)}\nthe server said:\n${server.words().slice(-2000)}`;
    throw new Error(`${cause instanceof Error ? cause.message : String(cause)}\n${said}`, { cause });
  } finally {
    await gateway.stop();
    await server.stop();
    await model.stop();
    await rm(directory, { recursive: true, force: true });
  }
}

async function offer({ lab, desk }: People, { baseUrl }: ModelServer): Promise<string> {
  const { id } = await lab.ask(enrolModel, {
    body: {
      name: "large-2",
      desk: desk.organisation,
      wire: "openai",
      custody: "here",
      versions: [{ name: "large-2", baseUrl, upstreamName: "large-2-internal" }],
      partnerRelease: inDays(10),
      publicRelease: inDays(60),
      terms: {
        purposes: [PURPOSE, OTHER_PURPOSE],
        retentionDays: 90,
        destruction: "Outputs are destroyed after the report",
        confidentiality: "Nothing is passed on",
        whoMaySee: "The organisation that asked",
        probes: { callsPerDay: 5000, tokensPerDay: 5_000_000 },
        contacts: [{ name: "Lea", reach: "lea@lab.example" }],
      },
    },
  });
  return id;
}

/** Two evaluators of two organisations; the window opens on time and not before, and a budget ends where it ends. */
async function testers({ people: { lab, institute, university }, gateway, model, enrolment }: Scene): Promise<Tool> {
  const opensMs = Date.now() + 3000;
  const window = await lab.ask(addWindow, {
    params: { model: enrolment },
    body: { kind: "testing-window", name: "Autumn", opens: { instantMs: opensMs, zone: "Europe/Brussels" } },
  });
  await lab.ask(giveCredential, { params: { window: window.id }, body: { credential: TESTING_CREDENTIAL } });
  const forInstitute = await grantTo(lab, window.id, institute, PURPOSE, 100_000);
  const forUniversity = await grantTo(lab, window.id, university, OTHER_PURPOSE, UNIVERSITY_REQUESTS);
  const tool = openTool(gateway.url, await tokenOf(institute, forInstitute, PURPOSE), "first");
  const other = openTool(gateway.url, await tokenOf(university, forUniversity, OTHER_PURPOSE), "second");

  const early = await tool.chat("too early");
  assert.ok(early.startedMs >= opensMs || early.status !== 200, `refused before its hour, got ${early.status}: ${early.text}`);
  await until("the window opens", async () => ((await tool.chat("is it open")).status === 200 ? true : undefined));
  const { windows } = await lab.ask(readModel, { params: { model: enrolment } });
  const openedMs = windows.find(({ id }) => id === window.id)?.firstOpenedMs ?? 0;
  assert.ok(openedMs >= opensMs && openedMs < opensMs + 5000, `opened ${openedMs - opensMs} ms after its hour`);

  const answers: Call[] = [];
  for (let nth = 0; nth < UNIVERSITY_REQUESTS + 3; nth++) answers.push(await other.chat(`question ${nth}`, { stream: nth % 2 === 1 }));
  assert.deepEqual(
    answers.map(({ status }) => status === 200),
    answers.map((_, nth) => nth < UNIVERSITY_REQUESTS),
    JSON.stringify(answers.map(({ status, text }) => [status, text.slice(0, 200)])),
  );
  assert.equal(model.received.filter(({ body }) => body.includes("question")).length, UNIVERSITY_REQUESTS, "what is refused never goes up");
  assert.ok(!JSON.stringify([...tool.calls, ...other.calls]).includes(TESTING_CREDENTIAL));
  return tool;
}

/** Another model answers from now on; everything after that is marked. */
async function notices({ people: { lab, institute }, model, enrolment }: Scene, tool: Tool): Promise<void> {
  const verdict = async (): Promise<string | undefined> =>
    (await lab.ask(readModel, { params: { model: enrolment } })).windows.find(({ kind }) => kind === "testing-window")?.newestProbe
      ?.verdict;
  let [heard, sinceMs] = [0, Date.now()];
  await until("the opening is heard", async () => {
    const probes = model.received.filter((received) => !ofTool(received)).length;
    if (probes !== heard) [heard, sinceMs] = [probes, Date.now()];
    // On a busy machine a run may be broken off by a late word of the server's; the opening is over when nothing more is asked.
    return probes > ONE_RUN && Date.now() - sinceMs > 5000 && (await verdict()) === "same" ? true : undefined;
  });
  model.follow({ kind: "answer", served: { model: "large-1-internal", fingerprint: "fp_other", voice: "another" } });
  await tool.chat("who are you now");
  await until("the other model is noticed", async () => ((await verdict()) === "different" ? true : undefined));
  await until("what follows is marked", async () => {
    const { status } = await tool.chat("and now");
    assert.equal(status, 200);
    const rows = await exchangesOf(institute);
    return rows[0]?.afterDifferent === true ? true : undefined;
  });
  assert.ok(
    (await exchangesOf(institute)).some(({ afterDifferent }) => !afterDifferent),
    "what came before is not marked",
  );
  model.follow({ kind: "answer" });
}

/** Gateway and server are killed in the middle of streams: every exchange that reached the model is on record, and each once. */
async function survivesKills({ people: { institute }, gateway, server, model }: Scene, tool: Tool): Promise<void> {
  const random = seededRandom(seed);
  model.follow({ kind: "answer", words: 30, pauseMs: 30, firstByteMs: 20 });
  for (const victim of [gateway, server, gateway, server, gateway]) {
    const streams = Promise.all(Array.from({ length: 6 }, (_, nth) => tool.chat(`killed in the middle ${nth}`, { stream: true })));
    await pause(100 + random.below(700));
    await victim.crash();
    await streams;
    await until("it goes on", async () => ((await tool.chat("does it go on")).status === 200 ? true : undefined));
  }
  model.follow({ kind: "answer" });
  assert.ok(
    tool.calls.some(({ status, isWhole }) => status === 200 && !isWhole),
    "some streams were cut",
  );
  let counts = "";
  await until(
    () => `everything that reached the model is on record: ${counts}`,
    async () => {
      const recorded = (await exchangesOf(institute)).length;
      const reached = model.received.filter(ofTool).length - UNIVERSITY_REQUESTS;
      counts = `${recorded} exchanges, ${reached} requests at the model, ${tool.calls.length} calls`;
      return recorded >= reached ? true : undefined;
    },
  );
  const rows = await exchangesOf(institute);
  assert.equal(new Set(rows.map(({ id }) => id)).size, rows.length);
  assert.ok(
    rows.some(({ outcome }) => outcome !== "complete"),
    "a cut exchange is marked, not missing",
  );
}

/** The release is moved away and back: the bound moves with it, and it is seen. */
async function releaseMoves({ people: { lab }, enrolment }: Scene, tool: Tool): Promise<void> {
  const far = { partnerRelease: inDays(45) };
  const preview = await lab.ask(previewRelease, { params: { model: enrolment }, body: far });
  assert.ok(
    preview.windows.some(({ effects, destroysCredential }) => effects.length > 0 && !destroysCredential),
    JSON.stringify(preview),
  );
  await lab.ask(moveRelease, { params: { model: enrolment }, body: far });
  await refusedFromNowOn(tool);
  const { windows } = await lab.ask(readModel, { params: { model: enrolment } });
  assert.equal(windows[0]?.state, "waiting");
  assert.equal(windows[0]?.opens.by, "bound");
  await lab.ask(moveRelease, { params: { model: enrolment }, body: { partnerRelease: inDays(10) } });
  await until("it goes on", async () => ((await tool.chat("is it back")).status === 200 ? true : undefined));
}

/** The testing window closes at the release, and the stage opens then: to whom both keys were turned for, and nobody else. */
async function partnersComeIn({ people, model, gateway, enrolment }: Scene, tool: Tool): Promise<Tool> {
  const { lab, desk, bank, utility } = people;
  const stage = await lab.ask(addWindow, {
    params: { model: enrolment },
    body: { kind: "partner-stage", name: "First fifty", opens: inDays(10) },
  });
  await lab.ask(giveCredential, { params: { window: stage.id }, body: { credential: STAGE_CREDENTIAL } });
  const releaseMs = Date.now() + 8000;
  const hour = { instantMs: releaseMs, zone: "Europe/Brussels" };
  await lab.ask(moveRelease, {
    params: { model: enrolment },
    body: { partnerRelease: hour, stages: [{ window: stage.id, opens: hour }] },
  });
  const body = { purpose: OTHER_PURPOSE, budget: { requests: 50, tokens: 500_000 } };
  const forBank = await desk.ask(proposePartner, { params: { window: stage.id }, body: { ...body, organisation: bank.organisation } });
  const forUtility = await lab.ask(proposePartner, { params: { window: stage.id }, body: { ...body, organisation: utility.organisation } });
  for (const [person, proposal] of [
    [lab, forBank],
    [desk, forBank],
    [lab, forUtility],
  ] as const) {
    await person.ask(turnPartnerKey, { params: { proposal: proposal.id }, body: { statedSha256: proposal.statedSha256 } });
  }
  assert.deepEqual(await grantsOf(bank), [], "nobody is told before the stage opens");
  await pause(Math.max(0, releaseMs - Date.now()));
  model.rotate(STAGE_CREDENTIAL);
  await refusedFromNowOn(tool);
  const [grant] = await until("the stage opens", async () => {
    const rows = await grantsOf(bank);
    return rows.length === 0 ? undefined : rows;
  });
  assert.deepEqual(await grantsOf(utility), [], "one key lets nobody in");
  assert.equal((await toldOf(bank, "window-opened")).length, 1, "told once");
  assert.equal((await toldOf(utility, "window-opened")).length, 0);
  const partner = openTool(gateway.url, await tokenOf(bank, grant?.id ?? "", OTHER_PURPOSE), "partner");
  await until("the partner is answered", async () => ((await partner.chat("as a partner")).status === 200 ? true : undefined));
  const { rows: certificates } = await lab.ask(listCertificates, { query: {} });
  assert.deepEqual(
    certificates.map(({ what }) => what),
    ["credential"],
    "the testing credential is destroyed, the stage's is not",
  );
  return partner;
}

/** What the lab's page says was used is what the clients did. */
async function checkAccounts(
  { people: { lab, institute, university, bank }, model, enrolment }: Scene,
  tool: Tool,
  partner: Tool,
): Promise<void> {
  await until("everything is settled", async () => {
    const use = await allPages((after) => lab.ask(listUse, { params: { model: enrolment }, query: { limit: 200, ...after } }));
    const of = ({ organisation }: Person): number =>
      use.filter((row) => row.organisation.id === organisation).reduce((sum, { requests }) => sum + requests, 0);
    const went = [of(institute), of(university), of(bank)];
    const seen = [(await exchangesOf(institute)).length, UNIVERSITY_REQUESTS, (await exchangesOf(bank)).length];
    const reached = model.received.filter(ofTool).length;
    return JSON.stringify(went) === JSON.stringify(seen) && went.reduce((sum, one) => sum + one, 0) >= reached ? true : undefined;
  });
  const whole = (one: Tool): number => one.calls.filter(({ status, isWhole }) => status === 200 && isWhole).length;
  const complete = async (person: Person): Promise<number> =>
    (await exchangesOf(person)).filter(({ outcome }) => outcome === "complete").length;
  assert.ok((await complete(institute)) >= whole(tool), "every whole answer is a complete exchange");
  assert.equal(await complete(bank), whole(partner));
  for (const { spent, budget } of [...(await grantsOf(institute)), ...(await grantsOf(university)), ...(await grantsOf(bank))]) {
    assert.ok(spent.requests <= budget.requests, `${spent.requests} of ${budget.requests} requests`);
  }
}

/** The lab leaves, in the middle of a stream. */
async function withdraws({ people: { lab }, model, enrolment }: Scene, partner: Tool): Promise<void> {
  model.follow({ kind: "answer", words: 2000, pauseMs: 20 });
  let heard: (() => void) | undefined;
  const begun = new Promise<void>((resolve) => (heard = resolve));
  const stream = partner.chat("a long one", { stream: true, onHeard: () => heard?.() });
  await begun;
  await lab.ask(withdrawModel, { params: { model: enrolment } });
  const answeredMs = Date.now();
  const { isWhole, endedMs } = await stream;
  assert.equal(isWhole, false);
  assert.ok(endedMs - answeredMs < AT_ONCE_MS, `cut ${endedMs - answeredMs} ms after the answer`);
  await refusedFromNowOn(partner);
}

async function nothingIsLeft(
  { people: { lab }, gateway, server, enrolment }: Scene,
  places: { readonly dataDirectory: string; readonly keysDirectory: string; readonly backup: string },
): Promise<void> {
  const certificates = await until("both credentials have a certificate", async () => {
    const { rows } = await lab.ask(listCertificates, { query: { model: enrolment } });
    return rows.filter(({ what }) => what === "credential").length === 2 ? rows : undefined;
  });
  for (const { keyId, file, cannotReach } of certificates) assert.ok(keyId !== "" && file !== "" && cannotReach.length > 0);
  const door = createDoorTransport(doorPath(places.dataDirectory));
  await createClient(door.transport)(writeBackup, { body: { file: places.backup } });
  door.close();
  for (const credential of [TESTING_CREDENTIAL, STAGE_CREDENTIAL]) {
    assert.deepEqual(await filesWith(credential, [join(places.backup, "..")]), [], "no file of the installation, no backup");
    assert.ok(!(gateway.words() + server.words()).includes(credential), "no log");
    assert.ok(!JSON.stringify(await lab.ask(readModel, { params: { model: enrolment } })).includes(credential));
  }
}

/** Within a second nothing of it goes through any more, and it stays so. */
async function refusedFromNowOn(tool: Tool): Promise<void> {
  await pause(AT_ONCE_MS);
  for (let nth = 0; nth < 3; nth++) {
    const { status, text } = await tool.chat("after the end");
    assert.ok(status !== undefined && status !== 200, `expected a refusal, got ${status}: ${text.slice(0, 200)}`);
    assert.ok(JSON.parse(text), "in the wire's own words");
  }
}

/** Probes have prompts of their own. */
function ofTool({ body }: ModelServer["received"][number]): boolean {
  return body.includes(BY_A_TOOL);
}

async function grantTo(lab: Person, window: string, { organisation }: Person, purpose: string, requests: number): Promise<string> {
  const { id } = await lab.ask(makeGrant, {
    params: { window },
    body: { organisation, purposes: [purpose], budget: { requests, tokens: 1_000_000_000 }, requestsPerMinute: 100_000 },
  });
  return id;
}

async function tokenOf({ ask }: Person, grant: string, purpose: string): Promise<string> {
  const { token } = await ask(issueModelToken, { params: { grant }, body: { name: "harness", purpose } });
  return token;
}

async function grantsOf({ ask }: Person) {
  return (await ask(listGrants, { query: {} })).rows;
}

async function exchangesOf(person: Person) {
  const [grant] = await grantsOf(person);
  if (grant === undefined) return [];
  return allPages((after) => person.ask(listExchanges, { params: { grant: grant.id }, query: { limit: 200, ...after } }));
}

async function toldOf({ ask }: Person, kind: string) {
  // The courier brings it a moment later.
  await pause(3000);
  return (await ask(listNotifications, { query: {} })).rows.filter((row) => row.kind === kind);
}

function inDays(days: number): { readonly instantMs: number; readonly zone: string } {
  return { instantMs: Date.now() + days * DAY_MS, zone: "Europe/Brussels" };
}
