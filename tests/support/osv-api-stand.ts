import assert from "node:assert/strict";
import { after, before } from "node:test";
import { osvEndpoints } from "../../src/contract/endpoints/osv-api.ts";
import type { App } from "../../src/server/app.ts";
import { osvRoutes } from "../../src/server/osv-api/osv-routes.ts";
import { createOsvService, type OsvServiceParts } from "../../src/server/osv-api/osv-service.ts";
import type { Json } from "../../src/vocabulary/json.ts";
import type { BucketRecord } from "../feed-server/bucket-objects.ts";
import { appOf, type HeldRecords, openHeldRecords } from "./held-records.ts";
import { takeRecords } from "./take-records.ts";

export const MODIFIED = "2026-01-02T03:04:05.678901Z";

/** A record of npm about one package. */
export function record(
  id: string,
  name: string,
  affected: { readonly [key: string]: Json },
  more: { readonly [key: string]: Json } = {},
): BucketRecord {
  return {
    schema_version: "1.7.5",
    id,
    modified: MODIFIED,
    ...more,
    affected: [{ package: { ecosystem: "npm", name, purl: `pkg:npm/${name}` }, ...affected }],
  };
}

export function fixedIn(version: string): { readonly [key: string]: Json } {
  return { ranges: [{ type: "SEMVER", events: [{ introduced: "0" }, { fixed: version }] }] };
}

export const prophet = record("GHSA-aaaa-bbbb-cccc", "prophet", fixedIn("1.2.0"), {
  aliases: ["CVE-2026-0001", "CVE-2026-0002"],
  details: 'As received: "quoted", \u2028 and é',
});

/** Four records of one package: with a range, withdrawn, with listed versions, and with neither. */
export const prophets: readonly BucketRecord[] = [
  prophet,
  record("GHSA-dddd-eeee-ffff", "prophet", fixedIn("9.0.0"), { withdrawn: "2026-01-03T00:00:00Z" }),
  record("GHSA-gggg-hhhh-iiii", "prophet", { versions: ["nightly", "3.0.0"] }),
  record("GHSA-jjjj-kkkk-llll", "prophet", {}),
];

export const prophetAt = (version?: string): Json => ({
  package: { ecosystem: "npm", name: "prophet" },
  ...(version === undefined ? {} : { version }),
});

type Page = { readonly vulns?: readonly { readonly id: string; readonly modified: string }[]; readonly next_page_token?: string };

export type Answer = {
  readonly status: number;
  readonly text: string;
  readonly body: Page & {
    readonly results?: readonly Page[];
    readonly code?: number;
    readonly message?: string;
    readonly withdrawn?: string;
  };
};

export type Ask = {
  readonly ask: (url: string, body: Json | Buffer) => Promise<Answer>;
  readonly get: (url: string, method?: "GET" | "HEAD") => Promise<Answer>;
};

/** The OSV API over these records, for all tests of a file: what comes back adds a server, whose service has `more` in place of its own. */
export function standOsvApi(records: readonly BucketRecord[]): (more?: Partial<OsvServiceParts>) => Ask {
  let held: HeldRecords;
  const servers: Partial<OsvServiceParts>[] = [];
  const apps: App[] = [];
  before(async () => {
    held = await openHeldRecords();
    await takeRecords(held.syncs, records, { statedAt: new Date().toISOString() });
    const parts = { database: held.database, snapshots: held.snapshots, config: { emptyAnswerWithoutEvidence: false }, now: Date.now };
    for (const more of servers) apps.push(await appOf(osvEndpoints, osvRoutes(createOsvService({ ...parts, ...more }))));
  });
  after(async () => {
    for (const app of apps) await app.close();
    await held.close();
  });
  return (more = {}) => {
    const index = servers.push(more) - 1;
    return asking(() => {
      const app = apps[index];
      assert.ok(app !== undefined);
      return app;
    });
  };
}

/** How to ask an app that is there only once the tests run. */
function asking(app: () => App): Ask {
  const send = async (request: {
    readonly method: "GET" | "HEAD" | "POST";
    readonly url: string;
    readonly payload?: string | Buffer;
  }): Promise<Answer> => {
    const answer = await app().inject(request);
    return { status: answer.statusCode, text: answer.body, body: answer.body === "" ? {} : answer.json() };
  };
  return {
    ask: (url, body) =>
      send({ method: "POST", url, payload: typeof body === "string" || Buffer.isBuffer(body) ? body : JSON.stringify(body) }),
    get: (url, method = "GET") => send({ method, url }),
  };
}

/** Of the answer to one query. */
export function idsOf(answer: Answer): readonly string[] {
  return answer.body.vulns?.map(({ id }) => id) ?? [];
}
