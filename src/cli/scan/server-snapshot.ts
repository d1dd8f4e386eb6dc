import { createHash } from "node:crypto";
import { mkdirSync, readFileSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { crc32 } from "node:zlib";
import { removeAbandoned } from "../../server/abandoned-files.ts";
import { Snapshot } from "../../matching/snapshot/snapshot.ts";
import { CodedError } from "../../vocabulary/coded-error.ts";
import type { ChosenSnapshot } from "./choose-snapshot.ts";

/** A snapshot taken before, and the server's tag for it. */
type Kept = { readonly etag: string; readonly snapshot: Snapshot };

/**
 * The server's snapshot, downloaded only when it has changed. Where the server cannot give one, the copy taken before answers:
 * it states its own ages, so that an old one cannot pass for a new one.
 * @throws CodedError `feed-unreachable`, `snapshot-invalid`, `input-invalid`
 */
export async function takeServerSnapshot(server: string, dataDirectory: string): Promise<ChosenSnapshot> {
  const url = URL.parse("/api/snapshot", server);
  if (url === null || !/^https?:$/.test(url.protocol))
    throw new CodedError("input-invalid", `--server: expected an http or https URL, got ${JSON.stringify(server)}`);
  const path = join(dataDirectory, "snapshot", `server-${createHash("sha256").update(url.href).digest("hex").slice(0, 16)}.sluice`);
  const kept = readKept(path);
  try {
    const taken = await download(url, kept);
    if (taken === "unchanged") return { snapshot: kept?.snapshot ?? invalidAnswer(url), warning: undefined };
    const reason = keep(path, taken.etag, taken.bytes);
    return {
      snapshot: taken.snapshot,
      warning: reason === undefined ? undefined : `the snapshot could not be kept for the next scan: ${reason}`,
    };
  } catch (error) {
    if (kept === undefined || !(error instanceof CodedError)) throw error;
    return { snapshot: kept.snapshot, warning: `${url.href}: ${error.message}; the copy taken before is used` };
  }
}

type Download = { readonly etag: string; readonly bytes: Uint8Array; readonly snapshot: Snapshot };

async function download(url: URL, kept: Kept | undefined): Promise<Download | "unchanged"> {
  const { answer, bytes } = await fetchWhole(url, kept === undefined ? {} : { "if-none-match": kept.etag });
  if (answer.status === 304) return "unchanged";
  if (!answer.ok)
    throw new CodedError("feed-unreachable", `the server answered ${answer.status}: ${new TextDecoder().decode(bytes).slice(0, 300)}`, {
      place: url.href,
    });
  return { etag: answer.headers.get("etag") ?? "", bytes, snapshot: openSnapshot(bytes, url.href) };
}

async function fetchWhole(
  url: URL,
  headers: Readonly<Record<string, string>>,
): Promise<{ readonly answer: Response; readonly bytes: Uint8Array }> {
  try {
    const answer = await fetch(url, { headers });
    return { answer, bytes: new Uint8Array(await answer.arrayBuffer()) };
  } catch (error) {
    throw new CodedError("feed-unreachable", `the server cannot be reached: ${causeOf(error)}`, { cause: error, place: url.href });
  }
}

function openSnapshot(bytes: Uint8Array, place: string): Snapshot {
  try {
    return new Snapshot(bytes, crc32);
  } catch (error) {
    if (error instanceof CodedError) throw new CodedError(error.code, error.message, { cause: error, place });
    throw error;
  }
}

/** Undefined without a whole copy that can be read, or without its tag. */
function readKept(path: string): Kept | undefined {
  try {
    const etag = readFileSync(`${path}.etag`, "utf8");
    return etag === "" ? undefined : { etag, snapshot: new Snapshot(readFileSync(path), crc32) };
  } catch (error) {
    // A refusal of the snapshot or of the file system: either way it is taken anew.
    if (error instanceof Error && "code" in error) return undefined;
    throw error;
  }
}

/** The tag goes first and is written last: bytes without their tag are taken again, and never stand under another's. Why it could not be kept, or undefined. */
function keep(path: string, etag: string, bytes: Uint8Array): string | undefined {
  try {
    mkdirSync(dirname(path), { recursive: true });
    removeAbandoned(dirname(path), (name) => name.startsWith("server-") && name.endsWith(".partial"));
    rmSync(`${path}.etag`, { force: true });
    for (const [target, content] of [
      [path, bytes],
      [`${path}.etag`, etag],
    ] as const) {
      const partial = `${target}.${process.pid}.partial`;
      writeFileSync(partial, content, { mode: 0o600 });
      renameSync(partial, target);
    }
    return undefined;
  } catch (error) {
    return error instanceof Error ? error.message : String(error);
  }
}

function invalidAnswer(url: URL): never {
  throw new CodedError("feed-unreachable", "the server answered 304, though it was not asked whether anything changed", {
    place: url.href,
  });
}

function causeOf(error: unknown): string {
  const cause = error instanceof Error ? error.cause : undefined;
  return cause instanceof Error ? cause.message : String(error);
}
