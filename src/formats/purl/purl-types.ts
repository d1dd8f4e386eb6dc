/** The parts of a purl whose letters may have no case of their own. */
export type CasedPart = "namespace" | "name" | "version" | "subpath";

/** What the registered definition of a purl type adds to the general rules (package-url/purl-spec, `types/`). */
export type PurlTypeRule = {
  readonly namespace: "required" | "optional" | "prohibited";
  readonly lowerCase?: readonly CasedPart[];
  readonly requiredQualifier?: string;
  /** The namespace is one segment and the name is all the rest. */
  readonly nameHasSegments?: true;
  /** The name's own normal form, applied after lower-casing. */
  readonly normaliseName?: (name: string, qualifiers: Readonly<Record<string, string>>) => string;
  readonly normaliseNamespace?: (namespace: string) => string;
  readonly name?: { readonly pattern: RegExp; readonly words: string };
  readonly version?: { readonly pattern: RegExp; readonly words: string };
};

const UNREGISTERED: PurlTypeRule = { namespace: "optional" };

const RULES: ReadonlyMap<string, PurlTypeRule> = new Map<string, PurlTypeRule>([
  ["alpm", { namespace: "required", lowerCase: ["namespace", "name"] }],
  ["apk", { namespace: "required", lowerCase: ["namespace", "name"] }],
  ["bazel", { namespace: "prohibited" }],
  ["bitbucket", { namespace: "required", lowerCase: ["namespace", "name"] }],
  ["bitnami", { namespace: "prohibited", lowerCase: ["name"] }],
  ["brew", { namespace: "optional", lowerCase: ["namespace", "name"] }],
  ["cargo", { namespace: "prohibited" }],
  [
    "chrome-extension",
    {
      namespace: "prohibited",
      lowerCase: ["name"],
      name: { pattern: /^[a-p]{32}$/, words: "32 letters from a to p" },
      version: { pattern: /^\d+(?:\.\d+){0,3}$/, words: "one to four numbers separated by dots" },
    },
  ],
  ["cocoapods", { namespace: "prohibited", name: { pattern: /^[^\s+.][^\s+]*$/, words: "no white space, no plus and no leading dot" } }],
  ["composer", { namespace: "required", lowerCase: ["namespace", "name"] }],
  ["conan", { namespace: "optional" }],
  ["conda", { namespace: "prohibited" }],
  [
    "cpan",
    {
      namespace: "optional",
      normaliseNamespace: (namespace) => namespace.toUpperCase(),
      name: { pattern: /^(?:(?!::).)+$/s, words: "a distribution name without ::" },
    },
  ],
  ["cran", { namespace: "prohibited" }],
  ["deb", { namespace: "required", lowerCase: ["namespace", "name"] }],
  ["docker", { namespace: "optional" }],
  ["gem", { namespace: "prohibited" }],
  ["generic", { namespace: "optional" }],
  ["git", { namespace: "required", lowerCase: ["namespace", "name"], nameHasSegments: true }],
  ["github", { namespace: "required", lowerCase: ["namespace", "name"] }],
  ["golang", { namespace: "required" }],
  ["hackage", { namespace: "prohibited" }],
  ["hex", { namespace: "optional", lowerCase: ["namespace", "name"] }],
  ["huggingface", { namespace: "required", lowerCase: ["version"] }],
  ["julia", { namespace: "prohibited", requiredQualifier: "uuid" }],
  ["luarocks", { namespace: "optional", lowerCase: ["namespace", "name"] }],
  ["maven", { namespace: "required" }],
  [
    "mlflow",
    {
      namespace: "prohibited",
      // Whether case counts is the server's affair: it does for Azure ML, it does not for Databricks.
      normaliseName: (name, qualifiers) => (/databricks/i.test(qualifiers["repository_url"] ?? "") ? name.toLowerCase() : name),
    },
  ],
  ["npm", { namespace: "optional" }],
  ["nuget", { namespace: "prohibited" }],
  ["oci", { namespace: "prohibited", lowerCase: ["name", "version"] }],
  ["opam", { namespace: "prohibited" }],
  ["otp", { namespace: "prohibited", lowerCase: ["name", "subpath"] }],
  ["pub", { namespace: "prohibited", lowerCase: ["name"], normaliseName: (name) => name.replaceAll(/[^a-z0-9_]/g, "_") }],
  ["pypi", { namespace: "prohibited", lowerCase: ["name", "version"], normaliseName: (name) => name.replaceAll("_", "-") }],
  ["qpkg", { namespace: "required", lowerCase: ["namespace"] }],
  ["rpm", { namespace: "required", lowerCase: ["namespace"] }],
  ["swid", { namespace: "optional", requiredQualifier: "tag_id" }],
  ["swift", { namespace: "required" }],
  ["vcpkg", { namespace: "prohibited" }],
  ["vscode-extension", { namespace: "required", lowerCase: ["namespace", "name", "version"] }],
  ["yocto", { namespace: "optional", lowerCase: ["namespace"] }],
]);

/** The rule of a type in lower case; a type that is not registered has none beyond the general rules. */
export function purlTypeRule(type: string): PurlTypeRule {
  return RULES.get(type) ?? UNREGISTERED;
}
