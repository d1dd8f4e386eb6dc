import { posix } from "node:path";

/** A source file, its path from the root with forward slashes. */
export type SourceFile = { readonly path: string; readonly text: string };

/** An import that goes through a wall, with the rule in words. */
export type Breach = { readonly path: string; readonly imports: string; readonly rule: string };

type Import = {
  readonly from: string;
  readonly target: string;
  readonly specifier: string;
  readonly isInternal: boolean;
  /** What it takes, as written between `import` and `from`. */
  readonly taken: string;
};

type Rule = { readonly words: string; readonly isBroken: (found: Import) => boolean };

/** Every import under src/ that the house's plan (docs/ARCHITECTURE.md) forbids. Tests are outside the walls. */
export function breaches(files: readonly SourceFile[]): readonly Breach[] {
  const sources = files.filter(({ path }) => !/\.test\.tsx?$/.test(path));
  const rules = [...fixedRules, siblingRule(sources)];
  return sources
    .flatMap((file) => importsOf(file))
    .flatMap((found) =>
      rules.filter((rule) => rule.isBroken(found)).map(({ words }) => ({ path: found.from, imports: found.specifier, rule: words })),
    );
}

const layersSeen: Readonly<Record<string, readonly string[]>> = {
  vocabulary: [],
  matching: ["vocabulary"],
  coordination: ["vocabulary"],
  formats: ["vocabulary"],
  connectors: ["vocabulary"],
  contract: ["vocabulary"],
  sealing: [],
  server: ["vocabulary", "matching", "coordination", "formats", "connectors", "contract", "sealing"],
  gateway: ["vocabulary", "contract", "sealing"],
  cli: ["vocabulary", "matching", "coordination", "formats", "connectors", "contract", "sealing", "server", "gateway"],
  web: ["vocabulary", "contract"],
};

const pure: readonly string[] = ["vocabulary", "matching", "coordination"];

/** Folders of the server that are its ground, not subjects. */
const ground = new Set(["database", "http", "jobs", "local-door", "system"]);

/** Where adapters stand side by side, each a folder that the family's `all.ts` names; other folders there are their common ground. */
const families = ["src/matching/versions/", "src/matching/ecosystems/", "src/formats/", "src/connectors/", "src/gateway/wires/"];

const fixedRules: readonly Rule[] = [
  {
    words: "a layer imports only what its tsconfig.json references",
    isBroken: ({ from, target, isInternal }) =>
      isInternal && layerOf(from) !== layerOf(target) && !(layersSeen[layerOf(from)] ?? []).includes(layerOf(target)),
  },
  {
    words: "vocabulary, matching and coordination are pure: no packages, no node:*",
    isBroken: ({ from, isInternal }) => !isInternal && pure.includes(layerOf(from)),
  },
  {
    words: "contract and web run in browsers: no node:*",
    isBroken: ({ from, specifier }) =>
      specifier.startsWith("node:") && ["contract", "web"].includes(layerOf(from)) && !from.endsWith(".config.ts"),
  },
  {
    // Digests of public bytes and random ids are no cryptography in this sense: nothing secret goes in.
    words: "only sealing touches cryptography: elsewhere node:crypto gives digests and random values",
    isBroken: ({ from, specifier, taken }) => !["sealing", ...pure].includes(layerOf(from)) && isCryptography(specifier, taken),
  },
  {
    words: "formats never fetch",
    isBroken: ({ from, specifier }) =>
      layerOf(from) === "formats" && /^(?:node:(?:http|https|http2|net|tls|dgram|dns)|undici)(?:\/|$)/.test(specifier),
  },
  {
    words: "the command line reaches no subject of the server but through the contract",
    isBroken: ({ from, target, isInternal }) => isInternal && layerOf(from) === "cli" && subjectOf(target) !== undefined,
  },
  {
    words: "only stores and database/ hold SQL",
    isBroken: ({ from, target }) =>
      target === "src/server/database/sql.ts" && !from.endsWith("-store.ts") && !from.startsWith("src/server/database/"),
  },
  {
    words: "only app.ts, http/ and routes touch Fastify",
    isBroken: ({ from, specifier }) =>
      /^(?:fastify|@fastify\/.+)$/.test(specifier) &&
      from !== "src/server/app.ts" &&
      !from.startsWith("src/server/http/") &&
      !from.endsWith("-routes.ts"),
  },
  {
    words: "another subject is reached through its service",
    isBroken: ({ from, target, isInternal }) =>
      isInternal &&
      subjectOf(from) !== undefined &&
      subjectOf(target) !== undefined &&
      subjectOf(from) !== subjectOf(target) &&
      /-(?:store|routes)\.ts$/.test(target),
  },
  {
    words: "routes ask a service, never a store",
    isBroken: ({ from, target }) => from.endsWith("-routes.ts") && target.endsWith("-store.ts"),
  },
  {
    // Another subject's service may be asked by a store, for what must happen in the same transaction.
    words: "stores and services know no routes, stores not their own service",
    isBroken: ({ from, target }) =>
      (/-(?:store|service)\.ts$/.test(from) && target.endsWith("-routes.ts")) ||
      (from.endsWith("-store.ts") && target.endsWith("-service.ts") && subjectOf(from) === subjectOf(target)),
  },
];

const harmless = new Set(["createHash", "randomBytes", "randomInt", "randomUUID"]);

function isCryptography(specifier: string, taken: string): boolean {
  if (/^(?:jose|age-encryption|openpgp|@noble\/.+|crypto)(?:\/|$)/.test(specifier)) return true;
  if (specifier !== "node:crypto") return false;
  const names = /^\{(.*)\}$/s
    .exec(taken.replace(/^type\s+/, "").trim())?.[1]
    ?.split(",")
    .map((name) => name.trim()) ?? ["*"];
  return names.some((name) => name !== "" && !name.startsWith("type ") && !harmless.has(name.split(/\s/)[0] ?? ""));
}

function importsOf({ path, text }: SourceFile): readonly Import[] {
  const code = text.replaceAll(/\/\*[\s\S]*?\*\//g, "").replaceAll(/^\s*\/\/.*$/gm, "");
  const pattern = /(?:^\s*(?:import|export)\s(?:([^;"'`]*?)\sfrom\s)?\s*|\bimport\()["']([^"']+)["']/gm;
  return [...code.matchAll(pattern)].map(([, taken = "", specifier = ""]) => {
    const isInternal = specifier.startsWith(".");
    return { from: path, specifier, isInternal, taken, target: isInternal ? posix.join(posix.dirname(path), specifier) : specifier };
  });
}

function layerOf(path: string): string {
  return path.split("/")[1] ?? "";
}

function subjectOf(path: string): string | undefined {
  const [, layer, folder, file] = path.split("/");
  return layer === "server" && folder !== undefined && file !== undefined && !ground.has(folder) ? folder : undefined;
}

/** Common ground may not know an adapter either: then they would know each other through it. */
function siblingRule(files: readonly SourceFile[]): Rule {
  const adapters = new Set(
    families.flatMap((family) => {
      const all = files.find(({ path }) => path === `${family}all.ts`);
      return all === undefined ? [] : importsOf(all).flatMap(({ target }) => folderIn(family, target) ?? []);
    }),
  );
  return {
    words: "sibling adapters never import each other",
    isBroken: ({ from, target, isInternal }) =>
      isInternal &&
      families.some((family) => {
        const [source, imported] = [folderIn(family, from), folderIn(family, target)];
        return source !== undefined && imported !== undefined && source !== imported && adapters.has(imported);
      }),
  };
}

function folderIn(family: string, path: string): string | undefined {
  const [folder, file] = path.startsWith(family) ? path.slice(family.length).split("/") : [];
  return file === undefined ? undefined : family + folder;
}
