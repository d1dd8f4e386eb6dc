import { createHash } from "node:crypto";
import { join, relative, resolve } from "node:path";

/** Linux takes 107 bytes of path for a socket, macOS 103. */
const MAX_SOCKET_PATH_BYTES = 103;

/**
 * Where the local door of a data directory is: `door.sock` in it; a named pipe on Windows, where sockets have no owner but
 * pipes do. A path too long for a socket is said from the current directory when that is shorter.
 */
export function doorPath(dataDirectory: string): string {
  const directory = resolve(dataDirectory);
  if (process.platform === "win32") {
    return `\\\\.\\pipe\\sluice-${createHash("sha256").update(directory.toLowerCase()).digest("hex").slice(0, 32)}`;
  }
  const path = join(directory, "door.sock");
  if (Buffer.byteLength(path) <= MAX_SOCKET_PATH_BYTES) return path;
  const shorter = relative(process.cwd(), path);
  return Buffer.byteLength(shorter) < Buffer.byteLength(path) ? shorter : path;
}
