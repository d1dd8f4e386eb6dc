import { randomBytes } from "node:crypto";
import { existsSync, readdirSync } from "node:fs";
import { dirname } from "node:path";
import { createDurably, makePrivateDirectory, readPrivateText } from "./durable-file.ts";
import { SealingError } from "./sealing-error.ts";

export const MASTER_KEY_BYTES = 32;

export type MasterKeySource = {
  /** 32 bytes in base64, as it stands in the environment; wins over the file. */
  readonly text: string | undefined;
  /** Made when there is none and the directory of keys holds none either. */
  readonly file: string;
  /** The directory whose keys it seals. */
  readonly keysDirectory: string;
};

/**
 * The key that seals all others at rest.
 * @throws SealingError `master-key-refused`, `key-store-refused`
 */
export function readMasterKey({ text, file, keysDirectory }: MasterKeySource): Uint8Array {
  if (text !== undefined) return parseMasterKey(text, "SLUICE_KEY");
  // In this order: another process that is making both right now has made the file before any key.
  const needed = holdsKeys(keysDirectory);
  if (!existsSync(file)) {
    if (needed) {
      throw new SealingError(
        "master-key-refused",
        `the keys in ${keysDirectory} are sealed, and the key that opens them is not there: expected it in SLUICE_KEY or in ${file}`,
        { place: file },
      );
    }
    makePrivateDirectory(dirname(file));
    createDurably(file, `${randomBytes(MASTER_KEY_BYTES).toString("base64")}\n`);
  }
  return parseMasterKey(readPrivateText(file) ?? "", file);
}

function parseMasterKey(text: string, place: string): Uint8Array {
  const bytes = Buffer.from(text, "base64");
  // The text itself never stands in a message.
  if (bytes.length !== MASTER_KEY_BYTES || bytes.toString("base64").replace(/=+$/, "") !== text.trim().replace(/=+$/, "")) {
    throw new SealingError("master-key-refused", `${place}: expected 32 bytes in base64, such as \`openssl rand -base64 32\` prints`, {
      place,
    });
  }
  return new Uint8Array(bytes);
}

function holdsKeys(directory: string): boolean {
  return existsSync(directory) && readdirSync(directory).some((name) => name.endsWith(".key") && name !== "master.key");
}
