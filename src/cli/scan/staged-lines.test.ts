import assert from "node:assert/strict";
import { test } from "node:test";
import { statedAnswer } from "../../../tests/support/stated-answer.ts";
import type { StagedAnswer } from "../../vocabulary/staged-answer.ts";
import { colours } from "../colours.ts";
import { headline } from "./headline.ts";
import { planText } from "./plan-text.ts";
import { stagedLines } from "./staged-lines.ts";

const plain = colours({ isTTY: false });
const publicAt = { instantMs: Date.UTC(2026, 10, 30, 16), zone: "Europe/Berlin" };
const draft = { draft: "d", advisory: "x_SLUICE-2026-1", publicAt };
const nothing: StagedAnswer = { findings: [], notices: [], cannotCompare: [] };
const affected = {
  ecosystem: "npm",
  name: "halyard",
  version: "2.3.0",
  affected: "[2.0.0, 2.4.1)",
  places: ["package-lock.json: node_modules/halyard"],
};

const staged: StagedAnswer = {
  findings: [
    {
      ...draft,
      title: "A length is trusted",
      components: [
        { ...affected, fix: { kind: "version", version: "2.4.1", majorChange: true } },
        { ...affected, version: "1.0.0", places: [], fix: { kind: "none" } },
        { ...affected, version: "1.1.0", places: [], fix: { kind: "above", version: "1.9.0", majorChange: false } },
      ],
      patches: [
        { kind: "commit", text: "https://git.example/c/1" },
        { kind: "diff", text: "-a\n+b" },
        { kind: "mitigation", text: "Close port 1883." },
      ],
    },
  ],
  notices: [
    { ...draft, ecosystem: "PyPI", name: "hal", places: [] },
    { ...draft, publicAt: undefined, ecosystem: "PyPI", name: "yard", places: [] },
  ],
  cannotCompare: [{ ...draft, ecosystem: "npm", name: "halyard", version: "odd", places: [], reason: "no order" }],
};

test("what is not public yet is said in words: ranges and patch, or that something is coming", () => {
  assert.deepEqual(stagedLines(statedAnswer({ staged }), plain), [
    "Not public yet: for your organisation only",
    "  x_SLUICE-2026-1: A length is trusted. Public on Mon 30 Nov 2026, 17:00 Europe/Berlin",
    "    halyard 2.3.0: affected [2.0.0, 2.4.1); upgrade to 2.4.1 (major version change), in package-lock.json: node_modules/halyard",
    "    halyard 1.0.0: affected [2.0.0, 2.4.1); no fixed version yet",
    "    halyard 1.1.0: affected [2.0.0, 2.4.1); upgrade above 1.9.0",
    "    commit https://git.example/c/1",
    "    until then: Close port 1883.",
    "    a diff is in the draft, and in --format json",
    "  hal (PyPI): something is coming on Mon 30 Nov 2026, 17:00 Europe/Berlin. Which versions it is about is not open to you yet",
    "  yard (PyPI): something is coming at an hour that is not agreed yet. Which versions it is about is not open to you yet",
    "  halyard odd: cannot compare: no order (for x_SLUICE-2026-1, public on Mon 30 Nov 2026, 17:00 Europe/Berlin)",
  ]);
});

test("the headline counts each kind, and a stranger's answer has none of it", () => {
  assert.match(
    headline(statedAnswer({ staged })),
    /\. Not public yet: 1 that affects you\. Coming: 2\. Cannot compare with what is not public yet: 1$/,
  );
  for (const answer of [statedAnswer(), statedAnswer({ staged: nothing })]) {
    assert.deepEqual(stagedLines(answer, plain), []);
    assert.equal(headline(answer), headline(statedAnswer()));
  }
});

test("a draft's words cannot pass for ours on a terminal", () => {
  const [finding] = staged.findings;
  const hostile = statedAnswer({
    staged: { ...nothing, findings: finding === undefined ? [] : [{ ...finding, title: "a\u001b[2Jb\nsluice: fine" }] },
  });
  const text = planText(hostile, { paint: plain, feedBytes: () => undefined });
  assert.ok(!text.includes("\u001b"));
  assert.ok(!/^sluice: fine/m.test(text));
});
