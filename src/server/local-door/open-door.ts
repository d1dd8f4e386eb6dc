import { lstat, mkdir, rm } from "node:fs/promises";
import type { RequestListener } from "node:http";
import { CodedError } from "../../vocabulary/coded-error.ts";
import { listen, type Listener } from "../http/listener.ts";
import { doorAnswers } from "./door-answers.ts";
import { markDoorSocket } from "./door-mark.ts";
import { doorPath } from "./door-path.ts";

/**
 * Opens the local door of a data directory that this process owns: a socket that is 0600 from the moment it exists.
 * @throws CodedError `directory-in-use` when another server answers there
 */
export async function openDoor(listener: RequestListener, dataDirectory: string): Promise<Listener> {
  const path = doorPath(dataDirectory);
  const isFile = process.platform !== "win32";
  if (isFile) {
    await mkdir(dataDirectory, { recursive: true, mode: 0o700 });
    await removeStaleSocket(path);
  }
  const door = await listenOwnerOnly(listener, path);
  if (!isFile) return door;
  return {
    ...door,
    stop: async (graceMs) => {
      await door.stop(graceMs);
      await rm(path, { force: true });
    },
  };
}

async function removeStaleSocket(path: string): Promise<void> {
  const found = await lstat(path).catch(() => undefined);
  if (found === undefined) return;
  if (!found.isSocket()) throw new CodedError("directory-in-use", `${path}: expected a socket or nothing, found something else`);
  if (await doorAnswers(path)) throw new CodedError("directory-in-use", `${path}: another server answers here`);
  await rm(path, { force: true });
}

/** The umask is changed for the moment of the bind only, which is synchronous: no file made elsewhere in the process meets it. */
async function listenOwnerOnly(listener: RequestListener, path: string): Promise<Listener> {
  const before = process.umask(0o177);
  let listening: Promise<Listener>;
  try {
    listening = listen(listener, { path }, undefined, markDoorSocket);
  } finally {
    process.umask(before);
  }
  return listening;
}
