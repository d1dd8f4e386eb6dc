import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { test } from "node:test";
import { pathToFileURL } from "node:url";

import { ecosystemMeant, ecosystemOf, packageOfPurl, type PurlParts } from "./ecosystem-of.ts";
import { npm } from "./npm/npm.ts";
import { baseEcosystemNames, purlMappings } from "./osv-ecosystems.ts";

const FEEDS = process.env["SLUICE_FEEDS"];

test("an ecosystem is found by its OSV name, with or without a suffix, and by nothing else", () => {
  assert.equal(ecosystemOf("npm"), npm);
  assert.equal(ecosystemOf("npm:https://registry.example.org"), npm);
  for (const name of ["NPM", "Npm", "", "npm ", "constructor", "__proto__", "Photon OS:3.0"])
    assert.equal(ecosystemOf(name), undefined, name);
});

test("which ecosystem is meant by another name is told, where there is one", () => {
  const cases: readonly (readonly [string, string | undefined])[] = [
    ["pypi", "PyPI"],
    ["NPM", "npm"],
    ["debian:12", "Debian"],
    ["cargo", "crates.io"],
    ["gem", "RubyGems"],
    ["Composer", "Packagist"],
    ["deb/ubuntu", "Ubuntu"],
    ["git", "GIT"],
    ["winget", undefined],
    ["", undefined],
    ["constructor", undefined],
  ];
  for (const [name, meant] of cases) assert.equal(ecosystemMeant(name), meant, name);
});

test("a purl names its package in OSV's words", () => {
  const cases: readonly (readonly [Partial<PurlParts>, string, string])[] = [
    [{ type: "npm", name: "lodash" }, "npm", "lodash"],
    [{ type: "npm", namespace: "@babel", name: "core" }, "npm", "@babel/core"],
    [{ type: "golang", namespace: "github.com/gin-gonic", name: "gin" }, "Go", "github.com/gin-gonic/gin"],
    [
      { type: "golang", namespace: "google.golang.org", name: "genproto", subpath: "googleapis/api" },
      "Go",
      "google.golang.org/genproto/googleapis/api",
    ],
    [{ type: "maven", namespace: "org.apache.logging.log4j", name: "log4j-core" }, "Maven", "org.apache.logging.log4j:log4j-core"],
    [{ type: "gradle", namespace: "a.b", name: "c" }, "Maven", "a.b:c"],
    [{ type: "composer", namespace: "drupal", name: "core" }, "Packagist", "drupal/core"],
    [
      { type: "composer", namespace: "drupal", name: "core", qualifiers: { repository_url: "https://packages.drupal.org/8" } },
      "Packagist:https://packages.drupal.org/8",
      "drupal/core",
    ],
    [{ type: "pypi", name: "django" }, "PyPI", "django"],
    [{ type: "cargo", name: "rand" }, "crates.io", "rand"],
    [{ type: "swift", namespace: "github.com/apple", name: "swift-nio" }, "SwiftURL", "github.com/apple/swift-nio"],
    [{ type: "generic", name: "openssl" }, "OSS-Fuzz", "openssl"],
    [{ type: "deb", namespace: "debian", name: "curl" }, "Debian", "curl"],
    [{ type: "deb", namespace: "debian", name: "curl", qualifiers: { distro: "bookworm" } }, "Debian:12", "curl"],
    [{ type: "deb", namespace: "debian", name: "curl", qualifiers: { distro: "debian-12" } }, "Debian:12", "curl"],
    [{ type: "deb", namespace: "debian", name: "curl", qualifiers: { distro: "debian-bookworm" } }, "Debian:12", "curl"],
    [{ type: "deb", namespace: "debian", name: "curl", qualifiers: { distro: "12.5" } }, "Debian:12", "curl"],
    [{ type: "deb", namespace: "debian", name: "curl", qualifiers: { distro: "3.1" } }, "Debian:3.1", "curl"],
    [{ type: "deb", namespace: "debian", name: "curl", qualifiers: { distro: "sid" } }, "Debian:sid", "curl"],
    [{ type: "deb", namespace: "debian", name: "curl", qualifiers: { distro: " " } }, "Debian", "curl"],
    [{ type: "deb", namespace: "ubuntu", name: "curl", qualifiers: { distro: "ubuntu-22.04" } }, "Ubuntu:22.04", "curl"],
    [{ type: "apk", namespace: "alpine", name: "curl", qualifiers: { distro: "alpine-3.18.4" } }, "Alpine:v3.18", "curl"],
    [{ type: "apk", namespace: "alpine", name: "curl", qualifiers: { distro: "v3.18" } }, "Alpine:v3.18", "curl"],
    [{ type: "apk", namespace: "alpine", name: "curl", qualifiers: { distro: "alpine-edge" } }, "Alpine:edge", "curl"],
    [{ type: "apk", namespace: "wolfi", name: "curl", qualifiers: { distro: "wolfi-20230201" } }, "Wolfi", "curl"],
    [{ type: "apk", namespace: "dhi", name: "curl" }, "Docker Hardened Images", "curl"],
    [{ type: "dhi", name: "curl" }, "Docker Hardened Images", "curl"],
    [{ type: "rpm", namespace: "almalinux", name: "curl", qualifiers: { distro: "almalinux-9.2" } }, "AlmaLinux:9", "curl"],
    [{ type: "rpm", namespace: "rocky-linux", name: "curl", qualifiers: { distro: "rocky-linux-9" } }, "Rocky Linux:9", "curl"],
    [{ type: "rpm", namespace: "opensuse", name: "curl", qualifiers: { distro: "openSUSE Leap 15.5" } }, "openSUSE:Leap 15.5", "curl"],
    [{ type: "rpm", namespace: "openeuler", name: "curl", qualifiers: { distro: "22.03-LTS-SP1" } }, "openEuler:22.03-LTS-SP1", "curl"],
  ];
  for (const [parts, ecosystem, name] of cases) {
    const named = packageOfPurl(purl(parts));
    assert.deepEqual([named?.ecosystem, named?.name], [ecosystem, name], JSON.stringify(parts));
  }
});

test("a purl type that OSV does not know names no package", () => {
  for (const parts of [
    { type: "deb" },
    { type: "deb", namespace: "kali" },
    { type: "rpm", namespace: "fedora" },
    { type: "docker" },
    { type: "constructor" },
  ]) {
    assert.equal(packageOfPurl(purl({ name: "x", ...parts })), undefined, JSON.stringify(parts));
  }
});

test("every ecosystem of the purl table is one of OSV's", () => {
  const names: ReadonlySet<string> = new Set(baseEcosystemNames);
  for (const [type, { ecosystem }] of purlMappings) assert.ok(names.has(ecosystem), type);
});

test("the ecosystem names are those of the OSV schema", { skip: FEEDS === undefined && "SLUICE_FEEDS is not set" }, () => {
  const schema: unknown = JSON.parse(readFileSync(new URL("schemas/osv/schema.json", pathToFileURL(`${FEEDS}/`)), "utf8"));
  const defined = schema as { readonly $defs: { readonly ecosystemName: { readonly enum: readonly string[] } } };
  assert.deepEqual([...baseEcosystemNames].toSorted(), [...defined.$defs.ecosystemName.enum].toSorted());
});

function purl(parts: Partial<PurlParts>): PurlParts {
  return { type: "npm", namespace: undefined, name: "x", qualifiers: {}, subpath: undefined, ...parts };
}
