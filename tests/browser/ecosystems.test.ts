import assert from "node:assert/strict";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, describe, it } from "node:test";
import type { Page } from "playwright-core";
import type { BucketRecord } from "../feed-server/bucket-objects.ts";
import { osvRecord } from "../support/osv-records.ts";
import { noBrowser, openConsole, settled, type OpenConsole } from "./console.ts";
import { assertHoldsUp } from "./page-checks.ts";

const MAVEN = "org.example.very.long.group.identifier:a-library-with-a-long-name-core";
const RED_HAT = "Red Hat:rhel_aus:8.6::appstream";
const MODULE_VERSION = "0:5.4.1-1.module+el8.5.0+10613+59a13ec4";

/** One package of one ecosystem, affected from the start and fixed in `fixed`. */
function named(id: string, ecosystem: string, name: string, fixed: string, more: Readonly<Record<string, unknown>> = {}): BucketRecord {
  const affected = [{ package: { ecosystem, name }, ranges: [{ type: "ECOSYSTEM", events: [{ introduced: "0" }, { fixed }] }] }];
  return osvRecord(id, name, "", { affected, ...more });
}

const kernel = Array.from({ length: 90 }, (_, at) =>
  named(`DEBIAN-CVE-2026-${1000 + at}`, `Debian:${at % 3 === 0 ? 11 : 12}`, "linux", `${at % 3 === 0 ? "5.10" : "6.1"}.${at + 1}-1`),
);
const built = Array.from({ length: 60 }, (_, at) => ({
  package: { ecosystem: "AlmaLinux:8", name: `module-package-${at}` },
  ranges: [{ type: "ECOSYSTEM", events: [{ introduced: "0" }, { fixed: at < 50 ? MODULE_VERSION : `7.${at}-1.el8` }] }],
}));

const feeds = {
  Debian: kernel,
  AlmaLinux: [osvRecord("ALSA-2026:1", "", "", { affected: built, summary: "Important: module update" })],
  "Red Hat": [named("RHSA-2026:1", RED_HAT, "PyYAML", MODULE_VERSION)],
  Maven: [named("GHSA-aaaa-bbbb-cccc", "Maven", MAVEN, "2.0.1")],
  Go: [named("GO-2026-0001", "Go", "example.org/team/module/v2", "2.3.4")],
  SwiftURL: [named("GHSA-dddd-eeee-ffff", "SwiftURL", "github.com/example/swift-thing", "1.2.3")],
  "OSS-Fuzz": [
    osvRecord("OSV-2026-1", "", "", {
      affected: [
        {
          package: { ecosystem: "OSS-Fuzz", name: "parser" },
          ranges: [{ type: "GIT", repo: "https://git.example/parser", events: [{ introduced: "0" }, { fixed: "b".repeat(40) }] }],
        },
      ],
    }),
  ],
};

const packages: readonly (readonly [string, string])[] = [
  ["Maven", MAVEN],
  ["Go", "example.org/team/module/v2"],
  ["SwiftURL", "github.com/example/swift-thing"],
  [RED_HAT, "PyYAML"],
  ["AlmaLinux:8", "module-package-7"],
  ["OSS-Fuzz", "parser"],
];

const pathOf = (ecosystem: string, name: string): string =>
  `/packages/${encodeURIComponent(ecosystem)}/${name.split("/").map(encodeURIComponent).join("/")}`;

describe("every ecosystem in the console", { skip: noBrowser ?? false }, () => {
  let console: OpenConsole;
  let folder: string;

  before(async () => {
    console = await openConsole(feeds);
    folder = await mkdtemp(join(tmpdir(), "sluice-documents-"));
  });
  after(async () => {
    await console.close();
    await rm(folder, { recursive: true, force: true });
  });

  function at(path: string, work: (page: Page) => Promise<void>): Promise<void> {
    return console.at(path, work, { reducedMotion: "reduce" });
  }

  async function drop(page: Page, name: string, text: string): Promise<void> {
    const file = join(folder, name);
    await writeFile(file, text);
    const [chooser] = await Promise.all([page.waitForEvent("filechooser"), page.getByRole("button", { name: "Choose a file" }).click()]);
    await chooser.setFiles(file);
    await page.waitForURL("**/scan");
    await settled(page);
  }

  for (const [ecosystem, name] of packages) {
    it(`leads from the list to ${name} of ${ecosystem} and back to its ecosystem`, () =>
      at(`/packages?text=${encodeURIComponent(name)}&ecosystem=${encodeURIComponent(ecosystem)}`, async (page) => {
        await page.getByRole("table", { name: "Packages" }).getByRole("link", { name, exact: true }).click();
        await page.getByRole("heading", { level: 1, name: `${name}: 1 vulnerability` }).waitFor();
        assert.equal(new URL(page.url()).pathname, pathOf(ecosystem, name));
        await page.getByRole("navigation", { name: "Breadcrumb" }).getByRole("link", { name: ecosystem }).click();
        await page.getByRole("button", { name: `Remove the filter Ecosystem ${ecosystem}` }).waitFor();
      }));
  }

  it("pages through a package that many vulnerabilities name, and counts and judges all of them", () =>
    at(pathOf("Debian:12", "linux"), async (page) => {
      await page.getByRole("heading", { level: 1, name: "linux: 60 vulnerabilities" }).waitFor();
      await page.getByText("1–40 of 60, worst first").waitFor();
      await page.getByRole("button", { name: "Next 40" }).click();
      await page.getByText("41–60 of 60, worst first").waitFor();
      await settled(page);
      assert.equal(await page.getByRole("table", { name: "Vulnerabilities of linux" }).getByRole("row").count(), 21);
      assert.equal(await page.getByRole("button", { name: "Next 40" }).isDisabled(), true);

      await page.getByRole("textbox", { name: "Is a version affected?" }).fill("6.1.51-1");
      await page.keyboard.press("Enter");
      await page.getByRole("heading", { level: 1, name: "linux 6.1.51-1 is affected by 26 vulnerabilities" }).waitFor();
      await page.getByText("26 affect it, 34 do not").waitFor();
      await page
        .getByRole("region", { name: "What fixes it" })
        .getByText(/apt-get install --only-upgrade/)
        .waitFor();
      await page.getByText("1–40 of 60, what affects it first, then the worst").waitFor();
    }));

  it("asks for the release of a distribution before it recommends a version", () =>
    at(`${pathOf("Debian", "linux")}?version=5.10.1-1`, async (page) => {
      await page.getByRole("heading", { level: 1, name: /^linux 5\.10\.1-1 may be affected by \d+ vulnerabilities$/ }).waitFor();
      await page.getByRole("region", { name: "What fixes it" }).getByText("What ends it differs by release: ask about one").waitFor();
      await page.getByRole("region", { name: "To mind" }).getByRole("link", { name: "Debian:11" }).click();
      await page.waitForURL(/\/packages\/Debian%3A11\/linux\?version=5\.10\.1-1$/);
      await page.getByRole("heading", { level: 1, name: /^linux 5\.10\.1-1 is affected by 29 vulnerabilities$/ }).waitFor();
    }));

  it("says of commits without a version that none is named, and never that nothing is affected", () =>
    at(`${pathOf("OSS-Fuzz", "parser")}`, async (page) => {
      await page.getByRole("table", { name: "Vulnerabilities of parser" }).getByText("names no version").waitFor();
      await page.getByRole("region", { name: "Cannot say" }).waitFor();
    }));

  it("shows the fixes of an erratum by the packages that share them, and the rest on demand", () =>
    at("/vulnerabilities/ALSA-2026%3A1", async (page) => {
      const fixes = page.getByRole("region", { name: "What fixes it" });
      assert.equal(await fixes.getByRole("link", { name: /^module-package-/ }).count(), 14);
      const more = fixes.getByRole("button", { name: "and 46 more" });
      await more.focus();
      await page.keyboard.press("Enter");
      const fewer = fixes.getByRole("button", { name: "Show fewer" });
      assert.equal(await fewer.evaluate((button) => button === document.activeElement), true);
      assert.equal(await fixes.getByRole("link", { name: /^module-package-/ }).count(), 60);
      await fixes.getByText("dnf upgrade module-package-0").waitFor();
      await page.getByRole("region", { name: "Who is affected" }).getByText("AlmaLinux erratum").first().waitFor();
    }));

  it("plans in the words of the ecosystem whose file was dropped", () =>
    at("/", async (page) => {
      const [group, artifact] = MAVEN.split(":");
      const dependency = `<dependency><groupId>${group}</groupId><artifactId>${artifact}</artifactId><version>2.0.0</version></dependency>`;
      const pom = `<project><modelVersion>4.0.0</modelVersion><groupId>a</groupId><artifactId>b</artifactId><version>1</version><dependencies>${dependency}</dependencies></project>`;
      await drop(page, "pom.xml", pom);
      await page.getByRole("heading", { level: 1, name: "1 change ends the one vulnerability" }).waitFor();
      await page
        .getByRole("region", { name: "Do this" })
        .getByText(/mvn versions:use-dep-version/)
        .waitFor();
    }));

  it("reads CycloneDX as XML, and says what it found in it", () =>
    at("/", async (page) => {
      const component = `<component type="library"><name>example.org/team/module/v2</name><version>v2.0.0</version><purl>pkg:golang/example.org/team/module/v2@v2.0.0</purl></component>`;
      await drop(
        page,
        "bom.xml",
        `<bom xmlns="http://cyclonedx.org/schema/bom/1.5" version="1"><components>${component}</components></bom>`,
      );
      await page.getByRole("heading", { level: 1, name: "1 change ends the one vulnerability" }).waitFor();
      await page.getByText("go get example.org/team/module/v2@v2.3.4").waitFor();
    }));

  it("asks of which system a list of installed packages is, and plans by source package", () =>
    at("/", async (page) => {
      const entry = (name: string): string =>
        `Package: ${name}\nStatus: install ok installed\nArchitecture: amd64\nSource: linux\nVersion: 6.1.1-1\n`;
      await drop(page, "status", `${entry("linux-image-amd64")}\n${entry("linux-headers-amd64")}\n`);
      await page.getByRole("heading", { level: 1, name: "Cannot say anything about 2 components" }).waitFor();
      await page.getByRole("region", { name: "Cannot say" }).getByText("deb packages").waitFor();
      await page.getByRole("textbox", { name: "Distribution and release" }).fill("Debian:12");
      await page.getByRole("button", { name: "Check again" }).click();
      await page.getByRole("heading", { level: 1, name: /^1 change ends all \d+ vulnerabilities$/ }).waitFor();
      await page
        .getByRole("region", { name: "Do this" })
        .getByText(/apt-get install --only-upgrade/)
        .waitFor();
    }));

  const places: readonly (readonly [string, string])[] = [
    ["front-door-all", "/"],
    ["data-all", "/data"],
    ["package-maven", `${pathOf("Maven", MAVEN)}?version=1.0.0`],
    ["package-red-hat", `${pathOf(RED_HAT, "PyYAML")}?version=5.4`],
    ["package-debian", `${pathOf("Debian", "linux")}?version=6.1.1-1`],
    ["erratum", "/vulnerabilities/ALSA-2026%3A1"],
  ];
  for (const [name, path] of places) {
    it(`axe finds nothing on ${name}, it fits 320 px, and what is pressed is large enough`, () =>
      at(path, async (page) => {
        await assertHoldsUp(page, name);
      }));
  }
});
