import { defineCommand } from "citty";
import { readConfig } from "../../server/config.ts";
import { buildConsoleWhenStale } from "../../server/console-build.ts";
import { startServer } from "../../server/main.ts";
import { colours } from "../colours.ts";
import { startGatewayBeside } from "../gateway/gateway-beside.ts";
import { dataDirectoryFlag, givenFlags, networkFlags } from "../config-flags.ts";
import { stopSignal } from "../stop-signal.ts";
import { welcome } from "../welcome.ts";

export const serveCommand = defineCommand({
  meta: { name: "serve", description: "Start the server and its console" },
  args: {
    ...networkFlags,
    ...dataDirectoryFlag,
    build: { type: "boolean", default: true, description: "Build the console first when its sources changed (in a clone)" },
  },
  run: async ({ args }) => {
    const config = readConfig(process.env, givenFlags(args));
    const say = (line: string): void => void process.stdout.write(`${line}\n`);
    const stopped = stopSignal();
    if (args.build !== false) await buildConsoleWhenStale(say);
    const server = await startServer(config);
    const firstLink = await server.firstAdministratorLink();
    for (const line of welcome(server, config, await server.status(), colours(process.stdout), firstLink)) say(line);
    const gateway = startGatewayBeside(config, say);
    await stopped;
    say("Stopping: answers under way have 10 seconds to finish");
    // First: what it settles goes through the server.
    await gateway?.stop();
    await server.stop();
    return 0;
  },
});
