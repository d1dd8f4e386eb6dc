import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { allEndpoints } from "../../src/contract/endpoints/all.ts";
import { enrolModel } from "../../src/contract/endpoints/models.ts";
import { packageRoot } from "../../src/server/package-root.ts";

const page = readFileSync(join(packageRoot, "docs", "how-to", "offer-a-model.md"), "utf8");

test("what docs/how-to/offer-a-model.md sends is an enrolment", () => {
  const text = /-d '(\{.*?\n\})'/s.exec(page)?.[1]?.replace(`'$DESK'`, crypto.randomUUID());
  const body = enrolModel.body.parse(JSON.parse(text ?? ""));
  assert.deepEqual([body.custody, body.terms.probes?.callsPerDay, body.terms.partnersEndAtPublicRelease], ["here", 40, true]);
});

test("every address in docs/how-to/offer-a-model.md is one of the API's", () => {
  const known = new Set(allEndpoints.map(({ method, path }) => `${method} ${path.replaceAll(/\{\w+\}/g, "ID")}`));
  const named = [...page.matchAll(/`(GET|POST) (\/api\/[\w/-]+)`/g)].map(
    ([, method, path]) => `${method} ${path?.replaceAll(/\b[A-Z]{3,}\b/g, "ID")}`,
  );
  assert.ok(named.length >= 9);
  assert.deepEqual(
    named.filter((one) => !known.has(one)),
    [],
  );
});
