import { readFile } from "node:fs/promises";
import { join } from "node:path";
import type { Operator } from "./cast.ts";
import type { Installed } from "./oracle.ts";

/** What an operator runs: a lockfile, and what was read in it by eye of the packages that the story is about. */
export type System = { readonly lockfile: string; readonly runs: readonly Installed[] };

const REAL: Readonly<Record<Operator, System>> = {
  ward: {
    lockfile: "npm/cve-services-2021/package-lock.json",
    runs: npm({
      express: ["4.17.1"],
      qs: ["6.7.0"],
      minimatch: ["3.0.4"],
      semver: ["5.3.0", "5.7.1", "6.3.0", "7.3.4"],
      json5: ["1.0.1", "2.1.3"],
      punycode: ["2.1.1"],
    }),
  },
  spark: {
    lockfile: "pnpm/kysely/pnpm-lock.yaml",
    runs: npm({
      express: ["4.22.2"],
      qs: ["6.15.2"],
      minimatch: ["3.1.5", "9.0.7"],
      semver: ["5.7.2", "6.3.1", "7.8.5"],
      json5: ["2.2.3"],
      punycode: ["2.3.1"],
    }),
  },
  vault: {
    lockfile: "yarn/graphile-worker-2026-berry/yarn.lock",
    runs: npm({
      express: ["4.21.0"],
      qs: ["6.13.0", "6.5.5"],
      minimatch: ["10.2.5", "3.1.2", "3.1.5", "7.4.6", "9.0.9"],
      semver: ["5.7.2", "6.3.1", "7.8.4"],
      json5: ["2.2.3"],
      punycode: ["1.4.1", "2.3.0"],
    }),
  },
  brook: {
    lockfile: "pip/aider/requirements.txt",
    runs: pypi({ requests: ["2.32.5"], urllib3: ["2.6.3"], pyyaml: ["6.0.3"], idna: ["3.11"], certifi: ["2026.2.25"] }),
  },
  rail: {
    lockfile: "pip/osv-dev-2022/Pipfile.lock",
    runs: pypi({ requests: ["2.28.1"], urllib3: ["1.26.10"], pyyaml: ["6.0"], idna: ["3.3"], certifi: ["2022.6.15"] }),
  },
};

const OWN: Readonly<Record<Operator, System>> = {
  ward: {
    lockfile: "ward/package-lock.json",
    runs: npm({
      express: ["4.18.2"],
      qs: ["6.11.0"],
      minimatch: ["3.0.4", "9.0.3"],
      semver: ["5.7.1", "7.5.4"],
      json5: ["1.0.1", "2.2.3"],
      punycode: ["2.3.0"],
    }),
  },
  spark: {
    lockfile: "spark/pnpm-lock.yaml",
    runs: npm({ express: ["4.22.1"], qs: ["6.14.0"], minimatch: ["9.0.7"], semver: ["7.8.5"], json5: ["2.2.1"] }),
  },
  vault: {
    lockfile: "vault/yarn.lock",
    runs: npm({
      express: ["4.21.0"],
      qs: ["6.5.3", "6.13.0"],
      minimatch: ["3.1.5", "7.4.6"],
      semver: ["6.3.1", "7.8.4"],
      punycode: ["1.4.1"],
    }),
  },
  brook: {
    lockfile: "brook/requirements.txt",
    runs: pypi({ requests: ["2.32.5"], urllib3: ["2.6.3"], pyyaml: ["6.0.3"], idna: ["3.11"], certifi: ["2024.7.4"] }),
  },
  rail: {
    lockfile: "rail/Pipfile.lock",
    runs: pypi({ requests: ["2.28.1"], urllib3: ["1.26.10"], pyyaml: ["6.0"], idna: ["3.3"], certifi: ["2022.6.15"] }),
  },
};

export type LoadedSystem = System & { readonly bytes: Uint8Array<ArrayBuffer> };

/** Real projects' lockfiles where they are at hand (`SLUICE_FEEDS`), of megabytes together; otherwise small ones of the story's own. */
export function loadRealSystem(operator: Operator): Promise<LoadedSystem> {
  const feeds = process.env["SLUICE_FEEDS"];
  return feeds === undefined ? loadOwnSystem(operator) : load(join(feeds, "lockfiles"), REAL[operator]);
}

export function loadOwnSystem(operator: Operator): Promise<LoadedSystem> {
  return load(join(import.meta.dirname, "testdata"), OWN[operator]);
}

async function load(directory: string, system: System): Promise<LoadedSystem> {
  return { ...system, bytes: new Uint8Array(await readFile(join(directory, system.lockfile))) };
}

function npm(packages: Readonly<Record<string, readonly string[]>>): readonly Installed[] {
  return Object.entries(packages).map(([name, versions]) => ({ ecosystem: "npm", name, versions }));
}

function pypi(packages: Readonly<Record<string, readonly string[]>>): readonly Installed[] {
  return Object.entries(packages).map(([name, versions]) => ({ ecosystem: "PyPI", name, versions }));
}
