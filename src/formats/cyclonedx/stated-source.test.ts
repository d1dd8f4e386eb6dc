import assert from "node:assert/strict";
import { test } from "node:test";
import { packageOfPurl } from "../../matching/ecosystems/ecosystem-of.ts";
import { cyclonedx } from "./cyclonedx.ts";

type Properties = Readonly<Record<string, string>>;

function identityOf(purl: string, stated: Properties): readonly (string | undefined)[] {
  const properties = Object.entries(stated).map(([name, value]) => ({ name, value }));
  const components = [{ type: "library", name: "x", purl, properties }];
  const bytes = new TextEncoder().encode(JSON.stringify({ bomFormat: "CycloneDX", specVersion: "1.6", components }));
  const [component] = cyclonedx.read({ name: "bom.json", bytes }, packageOfPurl).components;
  return [component?.name, component?.version, component?.source];
}

const trivy = (name: string, more: Properties = {}): Properties =>
  Object.fromEntries(Object.entries({ SrcName: name, ...more }).map(([key, value]) => [`aquasecurity:trivy:${key}`, value]));

test("a source package that generators name among the properties is what is looked up, as if the purl named it", () => {
  const cases: readonly (readonly [string, Properties, readonly (string | undefined)[]])[] = [
    ["pkg:deb/debian/libssl3@3.0.11-1?distro=debian-12", trivy("openssl"), ["openssl", "3.0.11-1", "stated"]],
    [
      "pkg:deb/debian/bsdutils@1:2.38.1-5?distro=debian-12",
      trivy("util-linux", { SrcVersion: "2.38.1", SrcRelease: "5" }),
      ["util-linux", "2.38.1-5", "stated"],
    ],
    [
      "pkg:deb/debian/libgmp10@2:6.2.1-1?distro=debian-12",
      trivy("gmp", { SrcVersion: "6.2.1", SrcRelease: "1", SrcEpoch: "2" }),
      ["gmp", "2:6.2.1-1", "stated"],
    ],
    ["pkg:apk/alpine/ssl_client@1.36-r1?distro=3.20.3", trivy("busybox", { SrcVersion: "1.36-r1" }), ["busybox", "1.36-r1", "stated"]],
    ["pkg:rpm/rocky/openssl-libs@3.0.7-6.el9", trivy("openssl", { SrcVersion: "3.0.7" }), ["openssl", "3.0.7-6.el9", "stated"]],
    [
      "pkg:deb/debian/libblkid1@2.36.1-8",
      { "syft:metadata:source": "util-linux", "syft:metadata:sourceVersion": "2.36.1-8" },
      ["util-linux", "2.36.1-8", "stated"],
    ],
    ["pkg:apk/wolfi/libcrypto3@3.3.0-r8", { "syft:metadata:originPackage": "openssl" }, ["openssl", "3.3.0-r8", "stated"]],
    [
      "pkg:rpm/rocky/openssl-libs@3.0.7-6.el9",
      { "syft:metadata:sourceRpm": "openssl-3.0.7-6.el9.src.rpm" },
      ["openssl", "3.0.7-6.el9", "stated"],
    ],
    ["pkg:deb/debian/libssl3@3.0.11-1?upstream=openssl", trivy("other"), ["openssl", "3.0.11-1", "stated"]],
    ["pkg:deb/debian/openssl@3.0.11-1?arch=source", trivy("other"), ["openssl", "3.0.11-1", undefined]],
    ["pkg:rpm/redhat/openssl-libs@3.0.7-6.el9", trivy("openssl"), ["openssl-libs", "3.0.7-6.el9", undefined]],
    ["pkg:npm/lodash@1.0.0", trivy("other"), ["lodash", "1.0.0", undefined]],
    ["pkg:deb/debian/libssl3@3.0.11-1", trivy(""), ["libssl3", "3.0.11-1", "unstated"]],
    ["pkg:deb/debian/libssl3@3.0.11-1", trivy("two words"), ["libssl3", "3.0.11-1", "unstated"]],
  ];
  for (const [purl, stated, expected] of cases) assert.deepEqual(identityOf(purl, stated), expected, `${purl} ${JSON.stringify(stated)}`);
});
