import { resolve } from "node:path";
import { defineCommand } from "citty";
import type { Client } from "../../contract/client.ts";
import { cancelSync, estimateSync, listProblems, readSync, startSync, type SyncState } from "../../contract/endpoints/feeds.ts";
import { readConfig } from "../../server/config.ts";
import { readScannedEcosystems } from "../../server/scanned-ecosystems.ts";
import { CodedError } from "../../vocabulary/coded-error.ts";
import { counted, durationWords } from "../age-words.ts";
import { dataDirectoryFlag, givenFlags } from "../config-flags.ts";
import { reachServer } from "../reach-server.ts";
import { createSyncProgress, megabytes } from "../sync/sync-progress.ts";
import { printable } from "../printable.ts";
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
    const server = await reachServer(config);
    try {
      if (args.problems === true) return await printProblems(server.client, args._[0]);
      const names = namesToSync(args._, config.dataDirectory, args.from);
      let failed = 0;
      for (const name of names) {
        const request = {
          feed: name === "kev" ? ("kev" as const) : ("osv" as const),
          ecosystem: name === "kev" ? "" : name,
          full: args.full === true,
          ...(args.from === undefined ? {} : { from: absolutePlace(args.from) }),
          ...(args["stated-at"] === undefined ? {} : { statedAt: args["stated-at"] }),
          ...(args.malware === undefined ? {} : { malware: args.malware }),
        };
        await announce(server.client, name, request);
        const ended = await follow(server.client, await server.client(startSync, { body: request }));
        process.stdout.write(summary(name, ended));
        if (ended.phase !== "done") failed++;
      }
      return failed > 0 ? 1 : 0;
    } finally {
      await server.close();
    }
  },
});

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

async function announce(
  client: Client,
  name: string,
  request: { readonly feed: "osv" | "kev"; readonly ecosystem: string; readonly from?: string },
): Promise<void> {
  const { feed, ecosystem, from } = request;
  const estimate = await client(estimateSync, { body: { feed, ecosystem, ...(from === undefined ? {} : { from }) } });
  const facts = [
    estimate.bytes === undefined ? undefined : megabytes(estimate.bytes),
    estimate.records === undefined ? undefined : counted(estimate.records, "record"),
    estimate.seconds === undefined
      ? undefined
      : estimate.seconds < 60
        ? "less than a minute"
        : `about ${durationWords(estimate.seconds * 1000)}`,
    estimate.diskNeededBytes === undefined
      ? undefined
      : `about ${megabytes(estimate.diskNeededBytes)} on disk, ${megabytes(estimate.diskFreeBytes)} free`,
  ].filter((fact) => fact !== undefined);
  process.stdout.write(`${name} from ${printable(estimate.location)}${facts.length === 0 ? "" : `: ${facts.join(", ")}`}\n`);
  if (estimate.diskNeededBytes !== undefined && estimate.diskNeededBytes > estimate.diskFreeBytes) {
    throw new CodedError(
      "disk-full",
      `expected about ${megabytes(estimate.diskNeededBytes)} of free disk for ${name}, found ${megabytes(estimate.diskFreeBytes)}. Free some, or move the data with DATA_DIR`,
    );
  }
}

async function follow(client: Client, started: SyncState): Promise<SyncState> {
  const progress = createSyncProgress(process.stderr);
  const stop = (): void => void client(cancelSync, { params: { sync: started.sync } }).catch(() => undefined);
  process.once("SIGINT", stop);
  process.once("SIGTERM", stop);
  try {
    let state = started;
    while (state.endedAtMs === undefined) {
      progress.show(state);
      state = await client(readSync, { params: { sync: started.sync }, query: { waitMs: 1000, seen: state.records } });
    }
    return state;
  } finally {
    progress.end();
    process.off("SIGINT", stop);
    process.off("SIGTERM", stop);
  }
}

function summary(name: string, state: SyncState): string {
  if (state.phase !== "done") return `${name}: ${state.phase}: ${printable(state.error ?? "")}\n`;
  const seconds = Math.max(1, Math.round(((state.endedAtMs ?? state.startedAtMs) - state.startedAtMs) / 1000));
  const aside = state.problems === 0 ? "" : `, ${counted(state.problems, "record")} kept aside (sluice sync --problems)`;
  return `${name}: ${counted(state.records, "record")} read in ${seconds} s: ${state.changed} new or changed, ${state.unchanged} as before${aside}\n`;
}

async function printProblems(client: Client, ecosystem: string | undefined): Promise<number> {
  let after: string | undefined;
  let count = 0;
  do {
    const page = await client(listProblems, {
      query: { limit: 200, ...(ecosystem === undefined ? {} : { ecosystem }), ...(after === undefined ? {} : { after }) },
    });
    for (const problem of page.rows) process.stdout.write(`${printable(problem.place)}: ${printable(problem.reason)}\n`);
    count += page.rows.length;
    after = page.next;
  } while (after !== undefined);
  process.stdout.write(
    count === 0 ? "No record was kept aside\n" : `${counted(count, "record")} kept aside; what was readable before stays in force\n`,
  );
  return 0;
}
