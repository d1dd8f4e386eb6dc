import { open, realpath, stat } from "node:fs/promises";
import { join, resolve, sep } from "node:path";
import { MAX_OS_RELEASE_BYTES, readOsRelease } from "../../formats/os-release/os-release.ts";
import { systemOfOsRelease } from "../../matching/ecosystems/system-release.ts";
import { isCodedError } from "../../vocabulary/coded-error.ts";
import type { SystemRelease } from "../../vocabulary/system-release.ts";

/** Where a system keeps its list of what is installed. */
const LISTS = /^(.*?)[\\/](?:var[\\/]lib[\\/]dpkg[\\/](?:status|status\.d[\\/][^\\/]+)|(?:usr[\\/])?lib[\\/]apk[\\/]db[\\/]installed)$/s;
const OS_RELEASES = ["etc/os-release", "usr/lib/os-release"] as const;

/**
 * The system whose list of installed packages `path` is, from the os-release file below the same root; undefined when it is no such
 * path, or nothing there says so. A link that leads out of the root is not followed: it would name another system.
 */
export async function systemOfPath(path: string): Promise<SystemRelease | undefined> {
  const [, above] = LISTS.exec(resolve(path)) ?? [];
  if (above === undefined) return undefined;
  const root = above === "" ? sep : above;
  for (const name of OS_RELEASES) {
    const bytes = await readBelow(root, name);
    const described = bytes === undefined ? undefined : osReleaseOf(bytes);
    if (described !== undefined) return systemOfOsRelease(described);
  }
  return undefined;
}

async function readBelow(root: string, name: string): Promise<Uint8Array | undefined> {
  try {
    const [realRoot, file] = await Promise.all([realpath(root), realpath(join(root, name))]);
    if (!file.startsWith(realRoot.endsWith(sep) ? realRoot : `${realRoot}${sep}`)) return undefined;
    // Opening anything else, such as a pipe, might never end.
    if (!(await stat(file)).isFile()) return undefined;
    await using opened = await open(file);
    const { buffer, bytesRead } = await opened.read(new Uint8Array(MAX_OS_RELEASE_BYTES), 0, MAX_OS_RELEASE_BYTES, 0);
    return buffer.subarray(0, bytesRead);
  } catch (error) {
    // Missing or not for this user: then nobody said which system it is, which the answer tells.
    if (error instanceof Error && "code" in error) return undefined;
    throw error;
  }
}

function osReleaseOf(bytes: Uint8Array): ReturnType<typeof readOsRelease> {
  try {
    return readOsRelease(bytes);
  } catch (error) {
    if (!isCodedError(error)) throw error;
    return undefined;
  }
}
