import { existsSync, readdirSync, rmSync } from "node:fs";
import { join } from "node:path";
import { createDurably, makePrivateDirectory, readPrivateText, removeUnfinished } from "../../sealing/durable-file.ts";
import { credentialKeyOf } from "../../sealing/grant-keys.ts";
import type { KeyRing } from "../../sealing/key-ring.ts";
import { sealCredential } from "../../sealing/sealed-credential.ts";
import { CodedError } from "../../vocabulary/coded-error.ts";

/** The sealed credential of a window on a lab's own premises; undefined = this host has none. */
export function keptCredential(dataDirectory: string, window: string): string | undefined {
  return readPrivateText(fileOf(dataDirectory, window));
}

/** The windows whose credential this host keeps; undefined = more than one question for orders can say. */
export function keptWindows(dataDirectory: string): readonly string[] | undefined {
  const directory = directoryOf(dataDirectory);
  if (!existsSync(directory)) return [];
  const windows = readdirSync(directory).flatMap((file) => WINDOW_FILE.exec(file)?.[1] ?? []);
  return windows.length > MOST_SAID ? undefined : windows;
}

const WINDOW_FILE = /^([\da-f]{8}(?:-[\da-f]{4}){3}-[\da-f]{12})\.sealed$/;
const MOST_SAID = 1000;

/** Seals a credential under a key of its window alone. @throws CodedError `conflict` when the window has one */
export function keepCredential(keys: KeyRing, dataDirectory: string, window: string, credential: string): string {
  const file = fileOf(dataDirectory, window);
  makePrivateDirectory(directoryOf(dataDirectory));
  const { secret } = keys.grantKey(credentialKeyOf(window));
  if (!createDurably(file, sealCredential(secret, window, credential))) {
    throw new CodedError(
      "conflict",
      `expected a window without a credential, found ${file}: a window has one, and another credential needs another window`,
      {
        place: file,
      },
    );
  }
  return file;
}

/** When its key is destroyed and stated, nothing is left to be opened. */
export function forgetCredential(dataDirectory: string, window: string): void {
  rmSync(fileOf(dataDirectory, window), { force: true });
  removeUnfinished(fileOf(dataDirectory, window));
}

function directoryOf(dataDirectory: string): string {
  return join(dataDirectory, "credentials");
}

function fileOf(dataDirectory: string, window: string): string {
  return join(directoryOf(dataDirectory), `${window}.sealed`);
}
