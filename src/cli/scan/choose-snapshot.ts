import { createHash } from "node:crypto";
import { existsSync, mkdirSync, readFileSync, renameSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { crc32 } from "node:zlib";
import { Snapshot } from "../../matching/snapshot/snapshot.ts";
import type { Config } from "../../server/config.ts";
import { readSnapshotFile, snapshotPath } from "../../server/snapshot-file.ts";
import { CodedError } from "../../vocabulary/coded-error.ts";

export type SnapshotChoice = {
  /** `--offline FILE`: nothing is asked of anybody. */
  readonly offline: string | undefined;
  /** `--server URL` or SLUICE_SERVER: the server's snapshot is taken, so it never learns what is scanned. */
  readonly server: string | undefined;
  readonly config: Config;
};

export type ChosenSnapshot = {
  readonly snapshot: Snapshot;
  /** For people: where it came from. */
  readonly from: string;
  /** Set when a server could not be asked and the copy kept from before is used. */
  readonly warning: string | undefined;
};

/**
 * The data that answers: a given file, else the configured server's, else this installation's own.
 * An installation without any makes itself a snapshot first, of the bundled sample. @throws CodedError
 */
export async function chooseSnapshot({ offline, server, config }: SnapshotChoice): Promise<ChosenSnapshot> {
  if (offline !== undefined) return { snapshot: readSnapshotFile(offline).snapshot, from: offline, warning: undefined };
  if (server !== undefined) return takeFromServer(server, config);
  const path = snapshotPath(config.dataDirectory);
  if (!existsSync(path)) await makeOwn(config);
  return { snapshot: readSnapshotFile(path).snapshot, from: path, warning: undefined };
}

/** Opening the installation loads the sample and builds a snapshot of it. The server's code is only loaded when that is needed. */
async function makeOwn(config: Config): Promise<void> {
  const { reachServer } = await import("../reach-server.ts");
  const server = await reachServer(config);
  await server.close();
}

type Kept = { readonly etag: string; readonly bytes: Uint8Array };

async function takeFromServer(server: string, config: Config): Promise<ChosenSnapshot> {
  const url = URL.parse("/api/snapshot", server);
  if (url === null || !/^https?:$/.test(url.protocol))
    throw new CodedError("input-invalid", `--server: expected an http or https URL, got ${JSON.stringify(server)}`);
  const kept = readKept(config, url.href);
  let answer: Response;
  try {
    answer = await fetch(url, { headers: kept === undefined ? {} : { "if-none-match": kept.etag } });
    if (!answer.ok && answer.status !== 304)
      throw new CodedError("feed-unreachable", `the server answered ${answer.status}: ${(await answer.text()).slice(0, 300)}`, {
        place: url.href,
      });
  } catch (error) {
    // The copy states its own ages, so an old one cannot pass for a new one.
    if (kept !== undefined)
      return {
        snapshot: new Snapshot(kept.bytes, crc32),
        from: url.href,
        warning: `${url.href} cannot be reached; the copy taken before is used`,
      };
    throw error instanceof CodedError
      ? error
      : new CodedError("feed-unreachable", `the server cannot be reached: ${causeOf(error)}`, { cause: error, place: url.href });
  }
  if (answer.status === 304 && kept !== undefined) return { snapshot: new Snapshot(kept.bytes, crc32), from: url.href, warning: undefined };
  const bytes = new Uint8Array(await answer.arrayBuffer());
  const snapshot = new Snapshot(bytes, crc32);
  keep(config, url.href, { etag: answer.headers.get("etag") ?? "", bytes });
  return { snapshot, from: url.href, warning: undefined };
}

function readKept(config: Config, url: string): Kept | undefined {
  const path = keptPath(config, url);
  try {
    return { etag: readFileSync(`${path}.etag`, "utf8"), bytes: readFileSync(path) };
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "ENOENT") return undefined;
    throw error;
  }
}

/** The tag is written last: bytes without their tag are taken again. */
function keep(config: Config, url: string, { etag, bytes }: Kept): void {
  const path = keptPath(config, url);
  mkdirSync(join(config.dataDirectory, "snapshot"), { recursive: true });
  for (const [target, content] of [
    [path, bytes],
    [`${path}.etag`, etag],
  ] as const) {
    const partial = `${target}.${process.pid}.partial`;
    writeFileSync(partial, content, { mode: 0o600 });
    renameSync(partial, target);
  }
}

function keptPath(config: Config, url: string): string {
  return join(config.dataDirectory, "snapshot", `server-${createHash("sha256").update(url).digest("hex").slice(0, 16)}.sluice`);
}

function causeOf(error: unknown): string {
  const cause = error instanceof Error ? error.cause : undefined;
  return cause instanceof Error ? cause.message : String(error);
}
