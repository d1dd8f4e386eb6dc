import { defineCommand } from "citty";
import type { AnswerOf } from "../../contract/endpoint.ts";
import { status } from "../../contract/endpoints/system.ts";
import { readConfig } from "../../server/config.ts";
import { ageWords, counted, durationWords } from "../age-words.ts";
import { colours } from "../colours.ts";
import { printableLine } from "../printable.ts";
import { reachServer } from "../reach-server.ts";
import { standingLines } from "../standing-lines.ts";
import { dataDirectoryFlag, givenFlags } from "../config-flags.ts";

export const statusCommand = defineCommand({
  meta: { name: "status", description: "What data there is and how old it is" },
  args: {
    json: { type: "boolean", description: "The status as JSON, as GET /api/status has it" },
    ...dataDirectoryFlag,
  },
  run: async ({ args }) => {
    const server = await reachServer(readConfig(process.env, givenFlags(args)));
    try {
      const now = await server.client(status);
      if (args.json === true) {
        process.stdout.write(`${JSON.stringify(now, undefined, 2)}\n`);
        return 0;
      }
      const lines = [
        `Sluice ${now.version}, ${now.database === "embedded" ? "embedded database" : "PostgreSQL"}, ${server.kind === "door" ? "server running" : "no server running"}`,
        ...(now.requestLogin === "owner"
          ? ["Requests use the login that owns the database: set DATABASE_REQUEST_URL before anything confidential is written"]
          : []),
        ...(now.ledgerRefusal === undefined ? [] : [printableLine(now.ledgerRefusal)]),
        "",
        ...(now.ecosystems.length === 0
          ? ["  No data yet. sluice sync npm takes npm's advisories"]
          : standingLines(now, colours(process.stdout))),
        "",
        `${counted(now.vulnerabilities, "vulnerability", "vulnerabilities")} in ${counted(now.advisories, "advisory", "advisories")}; ${counted(now.problems, "record")} kept aside`,
        now.exploited === undefined
          ? "Known exploited: not read yet. sluice sync kev takes the catalogue"
          : `Known exploited: ${counted(now.exploited.entries, "entry", "entries")}, ${ageWords(now.exploited.statedAtMs, now.nowMs)}`,
        now.snapshot === undefined
          ? "Snapshot: none yet"
          : `Snapshot: ${counted(now.snapshot.intervals, "interval")}, built ${ageWords(now.snapshot.builtAtMs, now.nowMs).replace(/old$/, "ago")}`,
        ...(server.kind === "door" ? [gatewayLine(now)] : []),
      ];
      process.stdout.write(`${lines.join("\n")}\n`);
      return 0;
    } finally {
      await server.close();
    }
  },
});

function gatewayLine({ gateway, nowMs }: AnswerOf<typeof status>): string {
  const ago = (ms: number | undefined): string => durationWords(Math.max(0, nowMs - (ms ?? nowMs)));
  if (gateway.connected) return `Model gateway: connected for ${ago(gateway.sinceMs)}`;
  return `Model gateway: not connected${gateway.lastSeenMs === undefined ? "" : `; last heard of ${ago(gateway.lastSeenMs)} ago`}`;
}
