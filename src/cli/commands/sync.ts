import { resolve } from "node:path";
import { defineCommand } from "citty";
import type { Client } from "../../contract/client.ts";
import { startSync, type SyncState } from "../../contract/endpoints/feeds.ts";
import { readConfig } from "../../server/config.ts";
import { isCodedError } from "../../vocabulary/coded-error.ts";
import { dataDirectoryFlag, givenFlags } from "../config-flags.ts";
import { printable, printableLine } from "../printable.ts";
import { reachServer } from "../reach-server.ts";
import { announceSync, type SyncSource } from "../sync/announce-sync.ts";
import { followSyncs } from "../sync/follow-syncs.ts";
import { type NamesToSync, namesToSync } from "../sync/names-to-sync.ts";
import { printProblems } from "../sync/print-problems.ts";

export const syncCommand = defineCommand({
  meta: {
    name: "sync",
    description:
      "Take public feeds of advisories. Without names: the ecosystems that have been scanned here, or all that a directory holds",
  },
  args: {
    name: {
      type: "positional",
      description: "Ecosystems (npm) or kev, the catalogue of known exploited vulnerabilities",
      required: false,
      valueHint: "NAME…",
    },
    from: { type: "string", description: "Take it from this https URL, directory or zip", valueHint: "PLACE" },
    "stated-at": { type: "string", description: "When a directory or zip stated its state; else its age is unknown", valueHint: "DATE" },
    malware: { type: "boolean", description: "Take malware records (MAL-) too; --no-malware leaves them out again" },
    full: { type: "boolean", description: "Reconcile with the whole archive" },
    problems: { type: "boolean", description: "List the records that were kept aside, and take nothing" },
    ...dataDirectoryFlag,
  },
  run: async ({ args }) => {
    const config = readConfig(process.env, givenFlags(args));
    const { names, leftOut } = args.problems === true ? NOTHING : await namesToSync(args._, args.from, config.dataDirectory);
    for (const name of leftOut) write(`${printableLine(name)}: left out: OSV has no ecosystem of this name\n`);
    const server = await reachServer(config);
    try {
      if (args.problems === true) await printProblems(server.client, args._[0], write);
      const requests = names.map((name) => ({
        name,
        body: {
          ...(name === "kev" ? { feed: "kev" as const, ecosystem: "" } : { feed: "osv" as const, ecosystem: name }),
          full: args.full === true,
          ...(args.from === undefined ? {} : { from: absolutePlace(args.from) }),
          ...(args["stated-at"] === undefined ? {} : { statedAt: args["stated-at"] }),
          ...(args.malware === undefined ? {} : { malware: args.malware }),
        },
      }));
      const announced = await announceEach(server.client, requests);
      const started: SyncState[] = [];
      for (const { body } of announced) started.push(await server.client(startSync, { body }));
      const isWell = await followSyncs(server.client, started, write);
      return isWell && announced.length === requests.length ? 0 : 1;
    } finally {
      await server.close();
    }
  },
});

const NOTHING: NamesToSync = { names: [], leftOut: [] };

type NamedRequest = {
  readonly name: string;
  readonly body: SyncSource & { readonly full: boolean; readonly statedAt?: string; readonly malware?: boolean };
};

/** Those that can be reached; a source that cannot does not keep the others from being taken. */
async function announceEach(client: Client, requests: readonly NamedRequest[]): Promise<readonly NamedRequest[]> {
  const reached: NamedRequest[] = [];
  let needed = 0;
  for (const request of requests) {
    try {
      needed += await announceSync(client, request.name, request.body, needed, write);
      reached.push(request);
    } catch (error) {
      if (!isCodedError(error, "feed-unreachable")) throw error;
      write(`${request.name}: failed: ${printable(error.message)}\n`);
    }
  }
  return reached;
}

function write(text: string): void {
  process.stdout.write(text);
}

/** A relative path means this directory, not the server's. */
function absolutePlace(from: string): string {
  return /^https?:\/\//i.test(from) ? from : resolve(from);
}
