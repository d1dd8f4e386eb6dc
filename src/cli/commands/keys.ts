import { existsSync } from "node:fs";
import { defineCommand } from "citty";
import { advisoryKeyOf } from "../../sealing/advisory-signature.ts";
import type { KeyDescription, KeyRing } from "../../sealing/key-ring.ts";
import { KEY_PURPOSES, type StandingPurpose } from "../../sealing/key-file.ts";
import { SealingError } from "../../sealing/sealing-error.ts";
import { keysDirectoryOf, readConfig } from "../../server/config.ts";
import { openKeys } from "../../server/open-keys.ts";
import { CodedError } from "../../vocabulary/coded-error.ts";
import { dataDirectoryFlag, givenFlags } from "../config-flags.ts";
import { UsageError } from "../terminal-error.ts";

const ACTIONS = ["init", "list", "rotate", "retire", "destroy"] as const;
type Action = (typeof ACTIONS)[number];

export const keysCommand = defineCommand({
  meta: {
    name: "keys",
    description:
      "The installation's keys: init makes them, list shows which there are, rotate PURPOSE makes a new one, retire ID ends an old one, destroy ID removes it",
  },
  args: {
    action: { type: "positional", description: "What to do", required: true, valueHint: ACTIONS.join("|") },
    which: {
      type: "positional",
      description: `For rotate: ${KEY_PURPOSES.join(", ")}; for retire and destroy: a key's id`,
      required: false,
      valueHint: "PURPOSE|ID",
    },
    ...dataDirectoryFlag,
  },
  run: async ({ args }) => {
    const action = ACTIONS.find((known) => known === args.action);
    if (action === undefined) throw new UsageError(`expected ${ACTIONS.join(", ")}, got ${JSON.stringify(args.action)}`);
    const which = neededFor(action, args.which);
    const config = readConfig(process.env, givenFlags(args));
    const directory = keysDirectoryOf(config);
    if (action !== "init" && !existsSync(directory)) {
      throw new CodedError("not-found", `expected keys in ${directory}, got nothing; sluice keys init makes them`, { place: directory });
    }
    const { keys, isNew } = await openKeys(config);
    try {
      process.stdout.write(`${(await linesOf(action, which, keys, isNew)).join("\n")}\n`);
      return 0;
    } catch (error) {
      if (error instanceof SealingError)
        throw new CodedError("input-invalid", error.message, {
          cause: error,
          ...(error.place === undefined ? {} : { place: error.place }),
        });
      throw error;
    }
  },
});

/** Before the keys are opened: a mistyped command makes none. */
function neededFor(action: Action, which: string | undefined): string {
  if (action === "init" || action === "list") {
    if (which !== undefined) throw new UsageError(`sluice keys ${action}: expected nothing behind it, got ${JSON.stringify(which)}`);
    return "";
  }
  if (which === undefined || (action === "rotate" && !KEY_PURPOSES.some((purpose) => purpose === which))) {
    throw new UsageError(
      `sluice keys ${action}: expected ${action === "rotate" ? KEY_PURPOSES.join(", ") : "a key's id, as sluice keys list shows it"}, got ${which ?? "nothing"}`,
    );
  }
  return which;
}

async function linesOf(action: Action, which: string, keys: KeyRing, isNew: boolean): Promise<readonly string[]> {
  switch (action) {
    case "init":
      return [
        isNew ? `Keys made in ${keys.directory}` : `There are keys in ${keys.directory} already; nothing was changed`,
        ...(isNew
          ? ["Without them nothing sealed can be read, and the ledger cannot be continued: keep a copy apart from the data and its backups"]
          : []),
      ];
    case "list":
      return [`Keys in ${keys.directory}`, "", ...table(keys), "", ...publicKeys(keys)];
    case "rotate": {
      const fresh = await keys.rotate(which as StandingPurpose);
      return [
        `${fresh.id} is the new key for ${fresh.purpose}; older ones are accepted until they are retired`,
        "A server that is running takes it up at its next start",
      ];
    }
    case "retire":
      keys.retire(which);
      return [`${which} is retired: it neither verifies nor opens any more`, "A server that is running knows so at its next start"];
    case "destroy": {
      const { keyId, file, destroyedMs, cannotReach } = keys.destroy(which);
      return [
        `${keyId} was destroyed at ${new Date(destroyedMs).toISOString()}: ${file} is removed`,
        "This cannot reach:",
        ...cannotReach.map((words) => `  ${words}`),
      ];
    }
  }
}

function table(keys: KeyRing): readonly string[] {
  const rows = keys
    .list()
    .toSorted((a, b) => a.purpose.localeCompare(b.purpose) || b.sequence - a.sequence)
    .map((key) => [key.purpose, key.id, new Date(key.createdMs).toISOString().slice(0, 16).replace("T", " "), stateOf(key, keys)]);
  const widths = [0, 1, 2].map((column) => Math.max(...rows.map((row) => row[column]?.length ?? 0)));
  return rows.map(
    (row) =>
      `  ${row
        .map((cell, column) => cell.padEnd(widths[column] ?? 0))
        .join("  ")
        .trimEnd()}`,
  );
}

/** What a stranger is given to check published advisories with: the one line between the marks of the PEM file that the server hands out. */
function publicKeys(keys: KeyRing): readonly string[] {
  return [
    "Public keys that published advisories are verified with",
    ...keys.held("advisory").map((key) => `  ${key.id}  ${advisoryKeyOf(key).pem.split("\n")[1] ?? ""}`),
  ];
}

function stateOf(key: KeyDescription, keys: KeyRing): string {
  if (key.purpose === "grant") return "one grant's";
  if (key.retiredMs !== undefined) return `retired ${new Date(key.retiredMs).toISOString().slice(0, 10)}`;
  return keys.current(key.purpose).id === key.id ? "current" : "accepted until it is retired";
}
