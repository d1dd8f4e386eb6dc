import { stripVTControlCharacters } from "node:util";
import { type ArgsDef, type CommandDef, renderUsage, runCommand } from "citty";
import { showsColours } from "./colours.ts";
import { distanceBetween, refuseUnknownFlags } from "./known-flags.ts";
import { EXIT_REFUSED, renderError, UsageError } from "./terminal-error.ts";

/** Commands are loaded when they are asked for: the start of `sluice scan` must not pay for a server. */
type Verb = { readonly summary: string; readonly load: () => Promise<CommandDef> };

const verbs: Readonly<Record<string, Verb>> = {
  serve: {
    summary: "Start the server and its console",
    load: async () => plain((await import("./commands/serve.ts")).serveCommand),
  },
  gateway: {
    summary: "Let tools reach enrolled models, beside a server or on a lab's premises",
    load: async () => plain((await import("./commands/gateway.ts")).gatewayCommand),
  },
  scan: {
    summary: "What of a project is affected, and what to change",
    load: async () => plain((await import("./commands/scan.ts")).scanCommand),
  },
  sync: {
    summary: "Take a public feed of advisories",
    load: async () => plain((await import("./commands/sync.ts")).syncCommand),
  },
  status: {
    summary: "What data there is and how old it is",
    load: async () => plain((await import("./commands/status.ts")).statusCommand),
  },
  versions: {
    summary: "Compare two versions as their ecosystem does",
    load: async () => plain((await import("./commands/versions.ts")).versionsCommand),
  },
  snapshot: {
    summary: "Write the records as osv-scanner's offline database",
    load: async () => plain((await import("./commands/snapshot.ts")).snapshotCommand),
  },
  administrator: {
    summary: "A link that lets an administrator back in",
    load: async () => plain((await import("./commands/administrator.ts")).administratorCommand),
  },
  keys: {
    summary: "Make, list and change the installation's keys",
    load: async () => plain((await import("./commands/keys.ts")).keysCommand),
  },
  ledger: {
    summary: "Verify receipts, or a whole ledger, as a stranger",
    load: async () => plain((await import("./commands/ledger.ts")).ledgerCommand),
  },
  backup: {
    summary: "Write the database and sealed files into one file",
    load: async () => plain((await import("./commands/backup.ts")).backupCommand),
  },
  restore: {
    summary: "Read such a file into an empty data directory or database",
    load: async () => plain((await import("./commands/restore.ts")).restoreCommand),
  },
};

process.on("uncaughtException", (error) => {
  const { text, exitCode } = renderError(error);
  process.stderr.write(text);
  process.exit(exitCode);
});
// A reader that has seen enough, such as `head`, is no error, and changes nothing of what a command found.
process.stdout.on("error", (error: NodeJS.ErrnoException) => {
  if (error.code !== "EPIPE") throw error;
});

process.exitCode = await main(process.argv.slice(2));

/** A command without the types of its own flags, which only it needs. */
function plain<T extends ArgsDef>(command: CommandDef<T>): CommandDef {
  return command as unknown as CommandDef;
}

async function main(argv: readonly string[]): Promise<number> {
  try {
    return await dispatch(argv);
  } catch (error) {
    const { text, exitCode } = renderError(error);
    process.stderr.write(text);
    return exitCode;
  }
}

async function dispatch(argv: readonly string[]): Promise<number> {
  const [word, ...rest] = argv;
  if (word === undefined || word === "--help" || word === "-h") return showOverview(word === undefined ? EXIT_REFUSED : 0);
  if (word === "--version" || word === "-v") return showVersion();
  if (word === "help") return rest[0] === undefined ? showOverview(0) : dispatch([rest[0], "--help"]);
  const verb = Object.hasOwn(verbs, word) ? verbs[word] : undefined;
  if (verb === undefined) throw new UsageError(`unknown command ${word}${nearestVerb(word)}. sluice --help lists them`);
  const command = await verb.load();
  if (asksForHelp(rest)) return showUsage(command);
  refuseUnknownFlags(rest, typeof command.args === "function" ? await command.args() : ((await command.args) ?? {}));
  const { result } = await runCommand(command, { rawArgs: [...rest] });
  return typeof result === "number" ? result : 0;
}

function asksForHelp(args: readonly string[]): boolean {
  const end = args.indexOf("--");
  return (end === -1 ? args : args.slice(0, end)).some((arg) => arg === "--help" || arg === "-h");
}

function nearestVerb(word: string): string {
  const near = Object.keys(verbs).find((name) => distanceBetween(word, name) <= 2);
  return near === undefined ? "" : `; did you mean ${near}`;
}

function showOverview(exitCode: number): number {
  const lines = Object.entries(verbs).map(([name, { summary }]) => `  ${name.padEnd(15)}${summary}`);
  const text = `Usage: sluice COMMAND [OPTIONS]\n\n${lines.join("\n")}\n\n  sluice COMMAND --help    what a command takes\n  sluice --version\n`;
  (exitCode === 0 ? process.stdout : process.stderr).write(text);
  return exitCode;
}

async function showVersion(): Promise<number> {
  const { packageVersion } = await import("../server/package-root.ts");
  process.stdout.write(`${packageVersion}\n`);
  return 0;
}

async function showUsage(command: CommandDef): Promise<number> {
  const usage = await renderUsage(command, { meta: { name: "sluice" } });
  process.stdout.write(`${showsColours(process.stdout) ? usage : stripVTControlCharacters(usage)}\n`);
  return 0;
}
