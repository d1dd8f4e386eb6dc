import assert from "node:assert/strict";
import { test } from "node:test";
import { DRAFT_LEVELS, shows } from "./level.ts";
import { levelUnderTlp, parseTlp, TLP_LABELS, TLP_OF_LEVEL } from "./tlp.ts";

test("a label is read as documents write it, and nothing else is taken for one", () => {
  for (const label of TLP_LABELS) {
    for (const written of [label, label.toLowerCase(), label.slice(4), ` ${label} `]) assert.equal(parseTlp(written), label, written);
  }
  assert.equal(parseTlp("WHITE"), "TLP:CLEAR");
  for (const other of ["", "TLP:", "TLP:PURPLE", "AMBER STRICT", "REDACTED", "constructor"])
    assert.equal(parseTlp(other), undefined, other);
});

test("the more confidential a level, the narrower its label", () => {
  for (const [index, level] of DRAFT_LEVELS.entries()) {
    const label = TLP_LABELS.indexOf(TLP_OF_LEVEL[level]);
    for (const lower of DRAFT_LEVELS.slice(index)) assert.ok(label <= TLP_LABELS.indexOf(TLP_OF_LEVEL[lower]), `${level} ${lower}`);
  }
});

test("a narrower label never allows a less confidential level", () => {
  const levels = TLP_LABELS.map((label) => levelUnderTlp(label) ?? "public");
  for (const [index, level] of levels.entries())
    for (const later of levels.slice(index)) assert.ok(shows(level, later), `${level} ${later}`);
});
