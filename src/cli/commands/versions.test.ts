import assert from "node:assert/strict";
import { execFileSync, spawnSync } from "node:child_process";
import { fileURLToPath } from "node:url";
import { test } from "node:test";

import { ecosystemOf } from "../../matching/ecosystems/ecosystem-of.ts";
import { baseEcosystemNames } from "../../matching/ecosystems/osv-ecosystems.ts";
import { isCodedError } from "../../vocabulary/coded-error.ts";
import { UsageError } from "../terminal-error.ts";
import { runVersions, type VersionsArgs } from "./versions.ts";

const MAIN = fileURLToPath(new URL("../main.ts", import.meta.url));

test("two versions are compared as npm compares them", async () => {
  const cases: readonly (readonly [string, string, string, number])[] = [
    ["1.0.0", "1.0.1", "<\n", 0],
    ["1.0.0", "v1.0.0+build", "=\n", 0],
    ["1.0.0", "1.0.0-rc.1", ">\n", 0],
    ["latest", "1.0.0", "cannot compare: latest: expected a digit at the start, or after a leading v\n", 3],
    ["1.0.0", "", "cannot compare: : it is empty\n", 3],
  ];
  for (const [a, b, expected, code] of cases) {
    assert.deepEqual(await run({ versions: [a, b] }), { code, out: expected }, `${a} ${b}`);
  }
});

test("every ecosystem of OSV is answered: in its own order, or that it has none", async () => {
  for (const ecosystem of baseEcosystemNames) {
    const { code, out } = await run({ ecosystem, versions: ["1.2.0", "1.10.0"] });
    if (ecosystemOf(ecosystem) !== undefined) assert.deepEqual([code, out], [0, "<\n"], ecosystem);
    else assert.match(out, /^cannot compare: .{20}/, ecosystem);
  }
});

test("versions of an ecosystem without an order are the same by their text, and cannot be compared otherwise", async () => {
  for (const [ecosystem, reason] of [
    ["Photon OS:4.0", /no version order is known for Photon OS: .* only versions that an advisory lists/],
    ["OSS-Fuzz", /its advisories go by commits/],
    ["GIT", /only the repository's history tells/],
    ["TuxCare", /nothing stands there/],
    ["Echo:Go", /"Go" is none/],
  ] as const) {
    const different = await run({ ecosystem, versions: ["1.0", "1.1"] });
    assert.equal(different.code, 3, ecosystem);
    assert.match(different.out, /^cannot compare: /);
    assert.match(different.out, reason);
    assert.deepEqual(await run({ ecosystem, versions: ["1.0", "1.0"] }), { code: 0, out: "=\n" }, ecosystem);
    const { code, out } = await run({ ecosystem, check: "-" }, { "-": "1.0 < 1.1\n1.0 = 1.0\n" });
    assert.equal(code, 3);
    assert.match(out, /^stdin:1: 1\.0 < 1\.1: cannot compare: [^\n]+\n1 agree, 0 disagree, 1 cannot compare\n$/);
  }
});

test("what follows a vendor's name decides the order", async () => {
  assert.deepEqual(await run({ ecosystem: "Echo:npm", versions: ["1.2.3", "1.2.3+echo.1"] }), { code: 0, out: "<\n" });
  assert.deepEqual(await run({ ecosystem: "TuxCare:Alpine:v3.16", versions: ["1.2_rc1", "1.2"] }), { code: 0, out: "<\n" });
});

test("statements that all hold are counted, blank lines and comments apart", async () => {
  const file = "# SemVer 2.0\n\n1.0.0-alpha < 1.0.0\r\n\t1.0.0+a   =\t1.0.0 \n2.0.0 > 1.0.0\n  # the end";
  assert.deepEqual(await run({ check: "orders.txt" }, { "orders.txt": file }), { code: 0, out: "3 agree, 0 disagree, 0 cannot compare\n" });
  assert.deepEqual(await run({ check: "-" }, { "-": "1 < 2\n" }), { code: 0, out: "1 agree, 0 disagree, 0 cannot compare\n" });
  assert.deepEqual(await run({ check: "orders.txt" }, { "orders.txt": "" }), { code: 0, out: "0 agree, 0 disagree, 0 cannot compare\n" });
});

test("each statement that does not hold or cannot be compared is shown with its line", async () => {
  const file = "1.0.0 < 2.0.0\n1.0.0 < 1.0.0-rc.1\n\n1.0 = 1.0.1\n1.0.0 > latest\n";
  assert.deepEqual(await run({ check: "a/orders.txt" }, { "a/orders.txt": file }), {
    code: 1,
    out: [
      "a/orders.txt:2: 1.0.0 < 1.0.0-rc.1: we say >",
      "a/orders.txt:4: 1.0 = 1.0.1: we say <",
      "a/orders.txt:5: 1.0.0 > latest: cannot compare: latest: expected a digit at the start, or after a leading v",
      "1 agree, 2 disagree, 1 cannot compare\n",
    ].join("\n"),
  });
  const { code, out } = await run({ check: "-" }, { "-": "next = next\n" });
  assert.equal(code, 3);
  assert.match(out, /^stdin:1: next = next: cannot compare: /);
});

test("a line that is no statement is refused with its file and line", async () => {
  for (const line of ["1.0.0", "1.0.0 <", "< 1.0.0", "1.0.0 <= 2.0.0", "1.0.0 < 2.0.0 # so", "1.0.0<2.0.0", "1 0 < 2"]) {
    await assert.rejects(
      run({ check: "f" }, { f: `1 < 2\n${line}\n` }),
      (error) => isCodedError(error, "document-invalid") && error.place === "f:2",
      line,
    );
  }
  await assert.rejects(
    run({ check: "f" }, { f: Uint8Array.of(0x31, 0xff) }),
    (error) => isCodedError(error, "document-invalid") && error.place === "f",
  );
});

test("arguments that do not go together are refused with what was expected", async () => {
  const cases: readonly (readonly [Partial<VersionsArgs>, RegExp])[] = [
    [{ versions: [] }, /expected two versions, or --check FILE; got 0 versions/],
    [{ versions: ["1"] }, /got one version/],
    [{ versions: ["1", "2", "3"] }, /got 3 versions/],
    [{ versions: ["1", "2"], check: "-" }, /got both/],
    [{ ecosystem: "NPM", versions: ["1", "2"] }, /expected an ecosystem as OSV names it \(.*npm.*\), got "NPM"/],
    [{ ecosystem: "__proto__", versions: ["1", "2"] }, /got "__proto__"/],
  ];
  for (const [args, message] of cases) {
    await assert.rejects(
      run(args, { "-": "" }),
      (error) => error instanceof UsageError && message.test(error.message),
      JSON.stringify(args),
    );
  }
});

test("what would move a terminal's cursor is not printed", async () => {
  const { out } = await run({ check: "-" }, { "-": "1.0.0 < 0.0.\u001b[2J1\n" });
  assert.ok(!out.includes("\u001b"), JSON.stringify(out));
});

test("the command line answers on standard output, and with the exit code", () => {
  assert.equal(execFileSync(process.execPath, [MAIN, "versions", "--ecosystem", "npm", "1.2.3", "1.10.0"], { encoding: "utf8" }), "<\n");
  const checked = spawnSync(process.execPath, [MAIN, "versions", "--ecosystem", "npm", "--check", "-"], {
    input: "1 > 2\n",
    encoding: "utf8",
  });
  assert.deepEqual([checked.status, checked.stdout], [1, "stdin:1: 1 > 2: we say <\n0 agree, 1 disagree, 0 cannot compare\n"]);
  const malformed = spawnSync(process.execPath, [MAIN, "versions", "--ecosystem", "npm", "--check", "-"], {
    input: "1\n",
    encoding: "utf8",
  });
  assert.deepEqual([malformed.status, malformed.stdout], [2, ""]);
  assert.match(malformed.stderr, /stdin:1: expected A < B/);
  const missing = spawnSync(process.execPath, [MAIN, "versions", "--ecosystem", "npm", "--check", "no-such-file.txt"], {
    encoding: "utf8",
  });
  assert.equal(missing.status, 2);
  assert.match(missing.stderr, /no-such-file\.txt/);
});

async function run(
  args: Partial<VersionsArgs>,
  files: Readonly<Record<string, string | Uint8Array>> = {},
): Promise<{ readonly code: number; readonly out: string }> {
  let out = "";
  const read = async (name: string): Promise<Uint8Array> => {
    const content = files[name] ?? assert.fail(`${name} was not to be read`);
    return typeof content === "string" ? Buffer.from(content) : content;
  };
  const code = await runVersions(
    { ecosystem: "npm", versions: [], check: undefined, ...args },
    { stdout: (text) => (out += text), readFile: read, readStdin: () => read("-") },
  );
  return { code, out };
}
