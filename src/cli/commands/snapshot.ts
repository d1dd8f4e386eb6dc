import { resolve } from "node:path";
import { defineCommand } from "citty";
import { writeOsvDirectory } from "../../contract/endpoints/feeds.ts";
import { readConfig } from "../../server/config.ts";
import { MAX_DATA_AGE_MS } from "../../vocabulary/data-standing.ts";
import { ageWords, counted } from "../age-words.ts";
import { dataDirectoryFlag, givenFlags } from "../config-flags.ts";
import { printable, printableLine } from "../printable.ts";
import { reachServer } from "../reach-server.ts";
import { megabytes } from "../sync/sync-progress.ts";
import { UsageError } from "../terminal-error.ts";

export const snapshotCommand = defineCommand({
  meta: {
    name: "snapshot",
    description: "Write the records for another tool: osv = osv-scanner's offline database, for osv-scanner --offline --local-db-path DIR",
  },
  args: {
    kind: { type: "positional", description: "What to write: osv", required: true, valueHint: "osv" },
    directory: { type: "positional", description: "Directory to write to; made when it is not there", required: true, valueHint: "DIR" },
    ...dataDirectoryFlag,
  },
  run: async ({ args }) => {
    if (args.kind !== "osv") throw new UsageError(`expected osv, got ${JSON.stringify(args.kind)}: sluice snapshot osv DIR`);
    const directory = resolve(args.directory);
    const server = await reachServer(readConfig(process.env, givenFlags(args)));
    try {
      const { ecosystems, leftOut, untouched } = await server.client(writeOsvDirectory, { body: { directory } });
      const nowMs = Date.now();
      const lines = [
        ...ecosystems.map(({ ecosystem, records, bytes, statedAtMs, includesMalware }) => {
          const without = includesMalware ? "" : ", without malware records";
          return `${printable(ecosystem)}: ${counted(records, "record")}, ${megabytes(bytes)}, ${ageWords(statedAtMs, nowMs)}${without}`;
        }),
        ...leftOut.map(({ ecosystem, reason }) => `${printable(ecosystem)}: left out: ${printable(reason)}`),
        ...untouched.map((ecosystem) => `${printableLine(ecosystem)}: not touched: its archive is of an earlier time`),
        `Written to ${printable(directory)}`,
        ...(ecosystems.some(({ statedAtMs }) => isOld(statedAtMs, nowMs))
          ? ["osv-scanner does not look at the age: where it is unknown or over 7 days, that it finds nothing says little"]
          : []),
      ];
      process.stdout.write(`${lines.join("\n")}\n`);
      return 0;
    } finally {
      await server.close();
    }
  },
});

function isOld(statedAtMs: number | undefined, nowMs: number): boolean {
  return statedAtMs === undefined || nowMs - statedAtMs > MAX_DATA_AGE_MS;
}
