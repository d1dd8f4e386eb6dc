import type { SourceDocument } from "./mutated-document.ts";

/** A document of one format that is made of as many entries as asked for; the next entry depends on each where the format says so. */
export type Growing = {
  readonly id: string;
  readonly name: string;
  readonly syntax: "json" | "yaml" | "toml" | "xml" | "text";
  readonly head: string;
  readonly entry: (number: number) => string;
  /** Between two entries. */
  readonly joint: string;
  readonly foot: string;
};

/** `entries`: how many components it has when it is read; undefined where it is not as its format wants it. */
export type Bomb = SourceDocument & { readonly what: string; readonly entries: number | undefined };

export function grown({ head, entry, joint, foot }: Growing, count: number): Uint8Array {
  return Buffer.from(head + Array.from({ length: count }, (_, number) => entry(number)).join(joint) + foot);
}

/** What is small to write and large to read, in the middle of an otherwise right document. */
export function bombsOf(growing: Growing, count: number): readonly Bomb[] {
  const { name, syntax, head, entry, joint, foot } = growing;
  const around = (what: string, inside: string): Bomb => ({ what, name, bytes: Buffer.from(head + inside + foot), entries: undefined });
  const nested = NESTING[syntax].map(([open, close]) =>
    around(`${LEVELS} levels of ${JSON.stringify(open)}`, entry(0) + joint + open.repeat(LEVELS) + close.repeat(LEVELS)),
  );
  return [
    { what: "one entry", name, bytes: grown(growing, 1), entries: 1 },
    { what: `${count} entries`, name, bytes: grown(growing, count), entries: count },
    around(`one entry ${count} times`, Array.from({ length: count }, () => entry(0)).join(joint)),
    around("a text of ten million characters", entry(0).replace(/p0/, "x".repeat(10_000_000))),
    around("a number of a million digits", entry(0).replaceAll("1.0.0", "9".repeat(1_000_000))),
    ...nested,
    ...OWN_BOMBS[syntax].map(([what, text]) => around(what, entry(0) + joint + text)),
    ...(syntax === "xml" ? [withEntities(growing)] : []),
  ];
}

const LEVELS = 100_000;

const NESTING: Readonly<Record<Growing["syntax"], readonly (readonly [string, string])[]>> = {
  json: [
    ["[", "]"],
    ['{"a":', "}"],
    ['{"dependencies":{"a":', "}}"],
  ],
  yaml: [
    ["[", "]"],
    ["{a: ", "}"],
    ["- ", "\n"],
    ["? ", "\n"],
  ],
  toml: [
    ["a = [", "]"],
    ["[", "]"],
    ["a = {a=", "}"],
    ["a.", "a = 1\n"],
  ],
  xml: [
    ["<a>", "</a>"],
    ["<!--", "-->"],
    ["<a ", ">"],
  ],
  text: [
    ["(", ")"],
    ["[", "]"],
    [" ", "\n"],
    ["<text>", "</text>"],
    ["\\\n", "\n"],
  ],
};

const OWN_BOMBS: Readonly<Record<Growing["syntax"], readonly (readonly [string, string])[]>> = {
  json: [
    ["a million empty lists", `[${"[],".repeat(1_000_000)}[]]`],
    ["a number with a large exponent", "1e999999999"],
  ],
  yaml: [
    [
      "aliases that unfold",
      `\na0: &a0 [x,x]\n${Array.from({ length: 30 }, (_, of) => `a${of + 1}: &a${of + 1} [*a${of},*a${of}]\n`).join("")}`,
    ],
    ["an alias of itself", "\na: &a [*a]\n"],
    ["merge keys that unfold", `\na: &a {x: y}\n${"b: {<<: *a}\n".repeat(1000)}`],
    ["values that nest without a bracket", `\nx: {${"a: b ".repeat(100_000)}}\n`],
    ["lines that nest without an indent", `\nx:\n${"  a: b: c\n".repeat(100_000)}`],
    ["a million brackets that close nothing", "]".repeat(1_000_000)],
  ],
  toml: [
    ["a million tables", "[[a.b]]\n".repeat(1_000_000)],
    ["a million escapes", `a = "${"\\u0041".repeat(1_000_000)}"\n`],
  ],
  xml: [
    ["a million references", "&amp;".repeat(1_000_000)],
    ["an element of a million attributes", `<a ${Array.from({ length: 1_000_000 }, (_, of) => `a${of}=""`).join(" ")}/>`],
    ["a reference to nothing", "&b;"],
  ],
  text: [
    ["a million empty lines", "\n".repeat(1_000_000)],
    ["a million separators", ":=,;@#()".repeat(125_000)],
  ],
};

function withEntities({ name, head, entry, foot }: Growing): Bomb {
  const levels = Array.from({ length: 10 }, (_, of) => `<!ENTITY e${of + 1} "${`&e${of};`.repeat(10)}">`).join("");
  const declared = `<!DOCTYPE a [<!ENTITY e0 "x">${levels}<!ENTITY f SYSTEM "file:///etc/hostname">]>`;
  const [declaration = ""] = /^<\?xml[^>]*>/.exec(head) ?? [];
  const body = head.slice(declaration.length) + entry(0).replace("p0", "&e10;&f;") + foot;
  return { what: "entities that unfold", name, bytes: Buffer.from(declaration + declared + body), entries: undefined };
}

const json = { syntax: "json", joint: "," } as const;
const yaml = { syntax: "yaml", joint: "", foot: "" } as const;
const toml = { syntax: "toml", joint: "\n", foot: "" } as const;
const text = { syntax: "text", joint: "", foot: "" } as const;

/** A row for each format, and for each of its syntaxes. */
export const allGrowing: readonly Growing[] = [
  { ...text, id: "apk-installed", name: "lib/apk/db/installed", head: "", entry: (n) => `P:p${n}\nV:1.0.0-r0\nA:x86_64\nD:p${n + 1}\n\n` },
  {
    ...json,
    id: "bun-lock",
    name: "bun.lock",
    head: '{"lockfileVersion":1,"workspaces":{"":{"name":"w","dependencies":{"p0":"1"}}},"packages":{',
    entry: (n) => `"p${n}":["p${n}@1.0.0","",{"dependencies":{"p${n + 1}":"1"}},""]`,
    foot: "}}",
  },
  {
    ...toml,
    id: "cargo-lock",
    name: "Cargo.lock",
    head: "version = 4\n\n",
    entry: (n) =>
      `[[package]]\nname = "p${n}"\nversion = "1.0.0"\nsource = "registry+https://github.com/rust-lang/crates.io-index"\ndependencies = ["p${n + 1}"]\n`,
  },
  {
    ...json,
    id: "composer-lock",
    name: "composer.lock",
    head: '{"content-hash":"0","packages":[',
    entry: (n) => `{"name":"v/p${n}","version":"1.0.0","require":{"v/p${n + 1}":"^1"}}`,
    foot: '],"packages-dev":[]}',
  },
  {
    ...json,
    id: "cyclonedx",
    name: "bom.json",
    head: '{"bomFormat":"CycloneDX","specVersion":"1.6","components":[',
    entry: (n) => `{"type":"library","name":"p${n}","version":"1.0.0","purl":"pkg:npm/p${n}@1.0.0"}`,
    foot: "]}",
  },
  {
    syntax: "xml",
    joint: "",
    id: "cyclonedx",
    name: "bom.xml",
    head: '<?xml version="1.0"?><bom xmlns="http://cyclonedx.org/schema/bom/1.5"><components>',
    entry: (n) => `<component type="library"><name>p${n}</name><version>1.0.0</version><purl>pkg:npm/p${n}@1.0.0</purl></component>`,
    foot: "</components></bom>",
  },
  {
    ...text,
    id: "dpkg-status",
    name: "var/lib/dpkg/status",
    head: "",
    entry: (n) =>
      `Package: p${n}\nStatus: install ok installed\nArchitecture: amd64\nVersion: 1.0.0\nDepends: p${n + 1}\nDescription: of\n\n`,
  },
  {
    ...text,
    id: "gemfile-lock",
    name: "Gemfile.lock",
    head: "GEM\n  remote: https://rubygems.example/\n  specs:\n",
    entry: (n) => `    p${n} (1.0.0)\n      p${n + 1} (>= 1)\n`,
    foot: "\nPLATFORMS\n  ruby\n\nDEPENDENCIES\n  p0\n",
  },
  {
    ...text,
    id: "go-mod",
    name: "go.mod",
    head: "module works.example/w\n\ngo 1.24\n\nrequire (\n",
    entry: (n) => `\tworks.example/p${n} v1.0.0 // indirect\n`,
    foot: ")\n",
  },
  {
    ...text,
    id: "gradle-lockfile",
    name: "gradle.lockfile",
    head: "# This is a Gradle generated file for dependency locking.\n",
    entry: (n) => `works.example:p${n}:1.0.0=runtimeClasspath\n`,
    foot: "empty=\n",
  },
  {
    ...json,
    id: "nuget-lock",
    name: "packages.lock.json",
    head: '{"version":1,"dependencies":{"net8.0":{',
    entry: (n) => `"p${n}":{"type":"Transitive","resolved":"1.0.0","contentHash":"AA==","dependencies":{"p${n + 1}":"1.0.0"}}`,
    foot: "}}}",
  },
  {
    ...json,
    id: "package-lock",
    name: "package-lock.json",
    head: '{"name":"w","lockfileVersion":3,"packages":{"":{"name":"w"},',
    entry: (n) => `"node_modules/p${n}":{"version":"1.0.0","dependencies":{"p${n + 1}":"^1.0.0"}}`,
    foot: "}}",
  },
  {
    ...json,
    id: "pipfile-lock",
    name: "Pipfile.lock",
    head: '{"_meta":{"hash":{"sha256":"0"},"pipfile-spec":6,"requires":{},"sources":[]},"default":{',
    entry: (n) => `"p${n}":{"hashes":[],"version":"==1.0.0"}`,
    foot: '},"develop":{}}',
  },
  {
    ...yaml,
    id: "pnpm-lock",
    name: "pnpm-lock.yaml",
    head: "lockfileVersion: '9.0'\n\nimporters:\n\n  .:\n    dependencies: {}\n\nsnapshots: {}\n\npackages:\n\n",
    entry: (n) => `  p${n}@1.0.0:\n    resolution: {integrity: sha512-AA==}\n\n`,
  },
  {
    ...toml,
    id: "poetry-lock",
    name: "poetry.lock",
    head: '[metadata]\nlock-version = "2.1"\npython-versions = ">=3.8"\ncontent-hash = "0"\n\n',
    entry: (n) =>
      `[[package]]\nname = "p${n}"\nversion = "1.0.0"\noptional = false\npython-versions = ">=3.8"\nfiles = []\n\n[package.dependencies]\np${n + 1} = "*"\n`,
  },
  {
    syntax: "xml",
    joint: "",
    id: "pom-xml",
    name: "pom.xml",
    head: '<project xmlns="http://maven.apache.org/POM/4.0.0"><modelVersion>4.0.0</modelVersion><groupId>g</groupId><artifactId>w</artifactId><version>1</version><dependencies>',
    entry: (n) => `<dependency><groupId>g</groupId><artifactId>p${n}</artifactId><version>1.0.0</version></dependency>`,
    foot: "</dependencies></project>",
  },
  {
    ...toml,
    id: "pylock",
    name: "pylock.toml",
    head: 'lock-version = "1.0"\ncreated-by = "w"\n\n',
    entry: (n) => `[[packages]]\nname = "p${n}"\nversion = "1.0.0"\nindex = "https://index.example/simple"\n`,
  },
  { ...text, id: "requirements-txt", name: "requirements.txt", head: "", entry: (n) => `p${n}==1.0.0 \\\n    --hash=sha256:00\n` },
  {
    ...json,
    id: "spdx",
    name: "w.spdx.json",
    head: '{"spdxVersion":"SPDX-2.3","SPDXID":"SPDXRef-DOCUMENT","name":"w","packages":[',
    entry: (n) =>
      `{"SPDXID":"SPDXRef-p${n}","name":"p${n}","versionInfo":"1.0.0","externalRefs":[{"referenceCategory":"PACKAGE-MANAGER","referenceType":"purl","referenceLocator":"pkg:npm/p${n}@1.0.0"}]}`,
    foot: "]}",
  },
  {
    ...text,
    id: "spdx",
    name: "w.spdx",
    head: "SPDXVersion: SPDX-2.3\nSPDXID: SPDXRef-DOCUMENT\nDocumentName: w\n\n",
    entry: (n) =>
      `PackageName: p${n}\nSPDXID: SPDXRef-p${n}\nPackageVersion: 1.0.0\nExternalRef: PACKAGE-MANAGER purl pkg:npm/p${n}@1.0.0\n\n`,
  },
  {
    ...toml,
    id: "uv-lock",
    name: "uv.lock",
    head: 'version = 1\nrevision = 3\nrequires-python = ">=3.10"\n\n',
    entry: (n) =>
      `[[package]]\nname = "p${n}"\nversion = "1.0.0"\nsource = { registry = "https://index.example/simple" }\ndependencies = [{ name = "p${n + 1}" }]\n`,
  },
  {
    ...text,
    id: "yarn-lock",
    name: "yarn.lock",
    head: "# yarn lockfile v1\n\n\n",
    entry: (n) => `p${n}@^1.0.0:\n  version "1.0.0"\n  resolved "https://registry.example.org/p${n}/-/p${n}-1.0.0.tgz#00"\n\n`,
  },
  {
    ...yaml,
    id: "yarn-lock",
    name: "yarn.lock",
    head: "__metadata:\n  version: 8\n  cacheKey: 10c0\n\n",
    entry: (n) => `"p${n}@npm:^1.0.0":\n  version: 1.0.0\n  resolution: "p${n}@npm:1.0.0"\n  languageName: node\n  linkType: hard\n\n`,
  },
];
