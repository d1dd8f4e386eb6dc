import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import type { Inventory } from "../../vocabulary/component.ts";
import type { SystemRelease } from "../../vocabulary/system-release.ts";
import type { PurlResolver } from "../inventory-format.ts";
import { dpkgStatus } from "./dpkg-status.ts";

const bookworm: SystemRelease = { packageType: "deb", vendor: "debian", release: "12" };

/** The part of the resolver that counts here: a source package of a release. */
const resolve: PurlResolver = ({ type, namespace, qualifiers }) => {
  const [name = "", version] = (qualifiers["upstream"] ?? "").split("@");
  assert.equal(type, "deb");
  if (namespace !== "debian") return undefined;
  return { ecosystem: `Debian:${qualifiers["distro"]}`, name, source: "stated", ...(version === undefined ? {} : { version }) };
};

type Given = { readonly name?: string; readonly system?: SystemRelease | undefined };

function read(bytes: Uint8Array, { name = "status", system = bookworm }: Given = {}): Inventory {
  const document = { name, bytes, system };
  assert.ok(dpkgStatus.recognises(document), name);
  return dpkgStatus.read(document, resolve);
}

function readLines(lines: readonly string[], given: Given = {}): Inventory {
  return read(new TextEncoder().encode(lines.join("\n")), given);
}

const whole = (system?: SystemRelease): Inventory =>
  read(readFileSync(join(import.meta.dirname, "testdata/status")), { system: system ?? bookworm });

function edgesOf({ dependencies }: Inventory, ref: string): readonly string[] | undefined {
  return dependencies.get(ref)?.map((edge) => `${edge.ref} ${edge.range ?? "-"}`);
}

test("what is installed is a component each: by its source package for advisories, by its own name for people and commands", () => {
  const inventory = whole();
  assert.deepEqual([inventory.format, inventory.problems, inventory.lacksRelease], ["dpkg status", [], undefined]);
  assert.deepEqual(
    inventory.components.map(({ ref, installedAs, name, version }) => `${ref} | ${installedAs} | ${name} ${version}`),
    [
      "dpkg | dpkg | dpkg 1.21.22",
      "libgate3 | libgate3 | gate 2.3.4-1+deb12u1",
      "libgate3:i386 | libgate3:i386 | gate 2.3.4-1+deb12u1",
      "gate-tools | gate-tools | gate 2.3.4-1+deb12u1",
      "bolt | bolt | bolt-src 2.7.0-3",
      "half | half | half 3.0-1",
      "linux-image-6.1.0-56-amd64 | linux-image-6.1.0-56-amd64 | linux-signed-amd64 6.1.192+2",
      "linux-image-6.1.0-56-amd64 built from linux | linux-image-6.1.0-56-amd64 | linux 6.1.192-2",
      "compiled | compiled | compiled 4.0-1",
    ],
  );
  assert.deepEqual(inventory.components[2], {
    ref: "libgate3:i386",
    ecosystem: "Debian:12",
    packageType: "deb",
    name: "gate",
    version: "2.3.4-1+deb12u1",
    purl: undefined,
    source: "stated",
    installedAs: "libgate3:i386",
    place: "libgate3:i386",
    development: false,
  });
});

test("edges lead to what is installed, not within a source package, with ranges where they are on the source package's version", () => {
  const inventory = whole();
  assert.deepEqual(edgesOf(inventory, "libgate3"), ["bolt -"]);
  assert.deepEqual(edgesOf(inventory, "gate-tools"), ["bolt -"]);
  const one = ["Package: a", "Status: install ok installed", "Version: 1-1", "Depends: b (>= 2~), c (<< 4)", ""];
  const others = ["Package: b", "Status: install ok installed", "Version: 2-1", "", "Package: c", "Status: install ok installed"];
  const ranged = readLines([...one, ...others, "Version: 3-1+b1", "Source: c (3-1)"]);
  assert.deepEqual(edgesOf(ranged, "a"), ["b >= 2~", "c -"]);
  assert.equal(ranged.dependencies.has(""), false);
});

test("without the release, or with another kind of system's, nothing can be looked up, and that is said", () => {
  for (const system of [
    undefined,
    { packageType: "apk", vendor: "alpine", release: "3.18" },
    { packageType: "deb", vendor: "unheard-of", release: "1" },
  ]) {
    const inventory = dpkgStatus.read(
      { name: "status", bytes: readFileSync(join(import.meta.dirname, "testdata/status")), system },
      resolve,
    );
    assert.equal(inventory.lacksRelease, true);
    assert.deepEqual(
      inventory.components.map(({ ecosystem, packageType, name, version }) => `${ecosystem ?? "-"} ${packageType} ${name} ${version}`),
      [
        "- deb dpkg 1.21.22",
        "- deb libgate3 2.3.4-1+deb12u1",
        "- deb libgate3 2.3.4-1+deb12u1",
        "- deb gate-tools 1:5.0-1+b2",
        "- deb bolt 2.7.0-3+b1",
        "- deb half 3.0-1",
        "- deb linux-image-6.1.0-56-amd64 6.1.192-2",
        "- deb compiled 4.0-1+b3",
      ],
    );
  }
});

test("a fragment of an image without dpkg has no Status; an archive's index has none either and is not read", () => {
  const lines = ["Package: libgate3", "Version: 2.3.4-1", "Source: gate", "Architecture: amd64"];
  const inventory = readLines(lines, { name: "rootfs/var/lib/dpkg/status.d/libgate3" });
  assert.equal(inventory.format, "dpkg status fragment");
  assert.deepEqual(
    inventory.components.map(({ name, installedAs }) => `${name} ${installedAs}`),
    ["gate libgate3"],
  );
  const bytes = new TextEncoder().encode(lines.join("\n"));
  assert.equal(dpkgStatus.recognises({ name: "Packages", bytes }), false);
  assert.equal(
    dpkgStatus.recognises({ name: "var/lib/dpkg/status.d/libgate3.md5sums", bytes: new TextEncoder().encode("0123  usr/lib/x\n") }),
    false,
  );
});

test("a stanza or field that cannot be used is kept aside with its place, and the rest is read", () => {
  const inventory = readLines([
    "Package: a",
    "Status: install ok installed",
    "Version: 1-1",
    "no field at all",
    "Version: 2-1",
    "",
    "Package: b",
    "Status: install ok installed",
    "",
    "Package: c",
    "Status: install ok whatever",
    "Version: 1-1",
    "",
    "Package: d",
    "Version: 1-1",
    "",
    "Status: install ok installed",
    "Version: 1-1",
    "",
    "Package: e",
    "Status: install ok installed",
    "Version: 1-1",
    "Source: two words",
    "",
    "Package: a",
    "Status: install ok installed",
    "Version: 3-1",
    "Depends: )(, x ((, | , b (",
  ]);
  assert.deepEqual(
    inventory.components.map(({ ref, version }) => `${ref} ${version}`),
    ["a 1-1", "a@line 25: a 3-1"],
  );
  assert.deepEqual(
    inventory.problems.map(({ place }) => place),
    ["line 4", "line 5", "line 7: b", "line 10: c", "line 14: d", "line 17", "line 20: e", "line 25: a"],
  );
});

test("what is no status is refused", () => {
  for (const text of ["", "\n\n", " folded\n"])
    assert.throws(
      () => dpkgStatus.read({ name: "status", bytes: new TextEncoder().encode(text) }, resolve),
      { code: "document-invalid" },
      text,
    );
});

test("packages that all need and provide the same name are read in bounded time", () => {
  const stanza = (index: number): string => `Package: p${index}\nStatus: install ok installed\nVersion: 1\nProvides: x\nDepends: x\n`;
  const inventory = readLines(Array.from({ length: 20_000 }, (_, index) => stanza(index)));
  assert.equal(inventory.dependencies.get("p19999")?.length, 8);
});
