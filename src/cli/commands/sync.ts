import { resolve } from "node:path";
import { defineCommand } from "citty";
import type { Client } from "../../contract/client.ts";
import { startSync } from "../../contract/endpoints/feeds.ts";
import { readConfig } from "../../server/config.ts";
import { readScannedEcosystems } from "../../server/scanned-ecosystems.ts";
import { isCodedError } from "../../vocabulary/coded-error.ts";
import { dataDirectoryFlag, givenFlags } from "../config-flags.ts";
import { printable } from "../printable.ts";
import { reachServer } from "../reach-server.ts";
import { announceSync, type SyncSource } from "../sync/announce-sync.ts";
import { followSync, syncSummary } from "../sync/follow-sync.ts";
import { printProblems } from "../sync/print-problems.ts";
import { UsageError } from "../terminal-error.ts";

export const syncCommand = defineCommand({
  meta: { name: "sync", description: "Take public feeds of advisories. Without names: the ecosystems that have been scanned here" },
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
    const names = args.problems === true ? [] : namesToSync(args._, config.dataDirectory, args.from);
    const server = await reachServer(config);
    try {
      if (args.problems === true) await printProblems(server.client, args._[0], write);
      let failed = 0;
      for (const name of names) {
        const request = {
          ...(name === "kev" ? { feed: "kev" as const, ecosystem: "" } : { feed: "osv" as const, ecosystem: name }),
          full: args.full === true,
          ...(args.from === undefined ? {} : { from: absolutePlace(args.from) }),
          ...(args["stated-at"] === undefined ? {} : { statedAt: args["stated-at"] }),
          ...(args.malware === undefined ? {} : { malware: args.malware }),
        };
        if (!(await syncOne(server.client, name, request))) failed++;
      }
      return failed > 0 ? 1 : 0;
    } finally {
      await server.close();
    }
  },
});

type SyncRequest = SyncSource & { readonly full: boolean; readonly statedAt?: string; readonly malware?: boolean };

/** False when it failed; a source that cannot be reached does not keep the others from being taken. */
async function syncOne(client: Client, name: string, request: SyncRequest): Promise<boolean> {
  try {
    await announceSync(client, name, request, write);
  } catch (error) {
    if (!isCodedError(error, "feed-unreachable")) throw error;
    write(`${name}: failed: ${printable(error.message)}\n`);
    return false;
  }
  const ended = await followSync(client, await client(startSync, { body: request }));
  write(`${syncSummary(name, ended)}\n`);
  return ended.phase === "done";
}

function write(text: string): void {
  process.stdout.write(text);
}

/** Nothing is taken unasked: without names only what was scanned here, and with it the small catalogue that ranks it. */
function namesToSync(given: readonly string[], dataDirectory: string, from: string | undefined): readonly string[] {
  if (given.length > 0) return from === undefined && !given.includes("kev") ? [...given, "kev"] : given;
  if (from !== undefined) throw new UsageError("--from: expected the name of an ecosystem with it: sluice sync npm --from PLACE");
  const scanned = readScannedEcosystems(dataDirectory);
  if (scanned.length === 0)
    throw new UsageError("nothing was scanned here yet, so there is nothing to choose from. Name an ecosystem: sluice sync npm");
  return [...scanned, "kev"];
}

/** A relative path means this directory, not the server's. */
function absolutePlace(from: string): string {
  return /^https?:\/\//i.test(from) ? from : resolve(from);
}
