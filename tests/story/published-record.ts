import assert from "node:assert/strict";
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { Ajv2020 } from "ajv/dist/2020.js";
import formats from "ajv-formats";
import { osvQuery, osvVulnerability } from "../../src/contract/endpoints/osv-api.ts";
import { downloadDraftOsv } from "../../src/contract/endpoints/drafts.ts";
import { DRAFTS, DRAFT_STORIES, type Draft } from "./drafts.ts";
import { reading } from "./perform.ts";
import { known } from "./set-the-stage.ts";
import type { Told } from "./tell-story.ts";
import { summaryOf } from "./written-parts.ts";

export type PublishedRecord = { readonly draft: Draft; readonly advisory: string; readonly record: Readonly<Record<string, unknown>> };

/** What was published answers as any advisory does, to strangers, by the schema of OSV; what was not is not there. Returns the records. */
export async function checkPublished({ stage, oracle }: Told): Promise<readonly PublishedRecord[]> {
  const isValid = await osvSchema();
  const records: PublishedRecord[] = [];
  for (const draft of DRAFTS) {
    const { advisory } = known(stage.drafts.get(draft), draft);
    const isPublished = oracle.stateOf(draft) === "published";
    for (const { ecosystem, name, ranges } of DRAFT_STORIES[draft].affects) {
      for (const [introduced, fixed] of ranges) {
        const first = introduced === "0" ? "0.0.1" : introduced;
        assert.equal((await idsOf(stage.stranger, ecosystem, name, first)).includes(advisory), isPublished, `${draft}: ${name} ${first}`);
        assert.equal((await idsOf(stage.stranger, ecosystem, name, fixed)).includes(advisory), false, `${draft}: ${name} ${fixed}`);
      }
    }
    if (!isPublished) {
      await assert.rejects(
        reading(() => stage.stranger(osvVulnerability, { params: { id: advisory } })),
        /status 404/,
      );
      continue;
    }
    const record = await reading(() => stage.stranger(osvVulnerability, { params: { id: advisory } }));
    assert.deepEqual([record["id"], record["summary"]], [advisory, summaryOf(draft)]);
    assert.ok(isValid(record), `${draft} is valid by the schema of OSV`);
    const owners = await reading(() =>
      stage.as(DRAFT_STORIES[draft].owner)(downloadDraftOsv, { params: { draft: known(stage.drafts.get(draft), draft).id } }),
    );
    assert.deepEqual(withoutTimes(owners), withoutTimes(record), `${draft}: what its owner downloads is what was published`);
    records.push({ draft, advisory, record });
  }
  return records;
}

/** The schema as it is published where it is at hand; otherwise the record's shape alone, as every test of the format holds it. */
async function osvSchema(): Promise<(record: unknown) => boolean> {
  const feeds = process.env["SLUICE_FEEDS"];
  if (feeds === undefined) return (record) => typeof record === "object" && record !== null && "schema_version" in record;
  const ajv = new Ajv2020({ strict: false });
  formats.default(ajv);
  const check = ajv.compile(JSON.parse(await readFile(join(feeds, "schemas", "osv", "schema.json"), "utf8")) as object);
  return (record) => check(record) === true;
}

async function idsOf(client: Told["stage"]["stranger"], ecosystem: string, name: string, version: string): Promise<readonly unknown[]> {
  const body = new TextEncoder().encode(JSON.stringify({ package: { ecosystem, name }, version }));
  const { vulns = [] } = await reading(() => client(osvQuery, { body }));
  return vulns.map(({ id }) => id);
}

function withoutTimes({ modified: _modified, published: _published, ...record }: Readonly<Record<string, unknown>>): unknown {
  return record;
}
