import { defineCommand } from "citty";
import { issueAdministratorLink } from "../../contract/endpoints/one-time-links.ts";
import { readConfig } from "../../server/config.ts";
import { dataDirectoryFlag, givenFlags } from "../config-flags.ts";
import { printableLine } from "../printable.ts";
import { reachServer } from "../reach-server.ts";

export const administratorCommand = defineCommand({
  meta: {
    name: "administrator",
    description: "A link that lets an administrator back in, or makes the first one; it stands in the audit trail",
  },
  args: {
    email: {
      type: "positional",
      description: "Address of the administrator; not needed while there is none",
      required: false,
      valueHint: "EMAIL",
    },
    ...dataDirectoryFlag,
  },
  run: async ({ args }) => {
    const server = await reachServer(readConfig(process.env, givenFlags(args)));
    try {
      const { link, expiresAtMs, administrator } = await server.client(issueAdministratorLink, {
        body: args.email === undefined ? {} : { email: args.email },
      });
      const whom = administrator === undefined ? "the first administrator" : `${administrator.name} of ${administrator.organisation}`;
      process.stdout.write(`For ${printableLine(whom)}, once, until ${new Date(expiresAtMs).toISOString()}:\n${link}\n`);
      if (server.kind === "in-process")
        process.stderr.write("No server is running on this data directory: start one before the link is opened\n");
      return 0;
    } finally {
      await server.close();
    }
  },
});
