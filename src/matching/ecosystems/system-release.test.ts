import assert from "node:assert/strict";
import { test } from "node:test";
import { systemOfEcosystem, systemOfOsRelease } from "./system-release.ts";

test("an OSV ecosystem with its release names a system", () => {
  const cases: readonly (readonly [string, string])[] = [
    ["Debian:12", "deb debian 12"],
    ["Debian:bookworm", "deb debian bookworm"],
    ["Ubuntu:22.04:LTS", "deb ubuntu 22.04:LTS"],
    ["Ubuntu:Pro:18.04:LTS", "deb ubuntu Pro:18.04:LTS"],
    ["Alpine:v3.18", "apk alpine v3.18"],
    ["Wolfi", "apk wolfi -"],
    ["Chainguard", "apk chainguard -"],
  ];
  for (const [stated, expected] of cases) {
    const system = systemOfEcosystem(stated);
    assert.equal(`${system?.packageType} ${system?.vendor} ${system?.release ?? "-"}`, expected, stated);
  }
  for (const stated of ["", "Debian", "Debian:", "Ubuntu", "Alpine", "npm", "debian:12", "Red Hat:9", "Raspbian:12", "12"])
    assert.equal(systemOfEcosystem(stated), undefined, stated);
});

test("an os-release file names a system by its id, and its release by number or else by code name", () => {
  const system = (id: string, versionId?: string, codename?: string): string => {
    const found = systemOfOsRelease({ id, versionId, codename });
    return found === undefined ? "none" : `${found.packageType} ${found.vendor} ${found.release ?? "-"}`;
  };
  assert.equal(system("debian", "12", "bookworm"), "deb debian 12");
  assert.equal(system("debian", undefined, "forky"), "deb debian forky");
  assert.equal(system("debian"), "none");
  assert.equal(system("ubuntu", "22.04", "jammy"), "deb ubuntu 22.04");
  assert.equal(system("alpine", "3.18.4"), "apk alpine 3.18.4");
  assert.equal(system("alpine", "3.21.0_alpha20240807"), "apk alpine edge");
  assert.equal(system("wolfi", "20230201"), "apk wolfi -");
  for (const id of ["raspbian", "linuxmint", "rhel", "nixos", "__proto__"]) assert.equal(system(id, "12"), "none", id);
});
