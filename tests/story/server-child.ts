import { readFileSync } from "node:fs";
import { readConfig } from "../../src/server/config.ts";
import { startServer } from "../../src/server/main.ts";

/** The server that the story talks to and kills: `server-child.ts CLOCK_FILE`. It lives by the clock in the file, and says where it listens. */
const [clockFile = ""] = process.argv.slice(2);
const LOOK_EVERY_MS = 100;

const server = await startServer(
  { ...readConfig(process.env), port: 0 },
  { clock: () => Number(readFileSync(clockFile, "utf8")), lookEveryMs: LOOK_EVERY_MS },
);
process.stdout.write(`listens on ${server.listensOn}\n`);
process.on("SIGTERM", () => void server.stop().then(() => process.exit(0)));
