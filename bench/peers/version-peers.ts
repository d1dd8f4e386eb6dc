import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { peerModules } from "./install-peers.ts";

/** A library that compares two versions given as text. */
export type VersionPeer = {
  readonly name: string;
  readonly isVersion: (text: string) => boolean;
  readonly compare: (a: string, b: string) => number;
};

/** By ecosystem. */
export async function loadVersionPeers(): Promise<Readonly<Record<string, VersionPeer>>> {
  const pep440 = (await load("@renovatebot/pep440/index.js")) as {
    readonly valid: (text: string) => string | null;
    readonly compare: (a: string, b: string) => number;
  };
  const ruby = (await load("@renovatebot/ruby-semver/dist/index.js")) as {
    readonly valid: (text: string) => string | null;
    readonly lt: (a: string, b: string) => boolean;
  };
  const deb = (await load("deb-version-compare/lib/index.js")) as { readonly default: (a: string, b: string) => number };
  return {
    PyPI: { name: "pep440", isVersion: (text) => pep440.valid(text) !== null, compare: pep440.compare },
    // It tells only what is below: that is what is asked.
    RubyGems: { name: "ruby-semver", isVersion: (text) => ruby.valid(text) !== null, compare: (a, b) => (ruby.lt(a, b) ? -1 : 1) },
    Debian: { name: "deb-version-compare", isVersion: (text) => /^\d/.test(text), compare: deb.default },
  };
}

function load(path: string): Promise<unknown> {
  return import(pathToFileURL(join(peerModules, path)).href);
}
