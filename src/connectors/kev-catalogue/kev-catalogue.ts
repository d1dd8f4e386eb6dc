import { readFile, stat } from "node:fs/promises";
import { CodedError } from "../../vocabulary/coded-error.ts";
import type { Connector } from "../connector.ts";
import { withoutCredentials } from "../outgoing/exchange.ts";
import { openOutgoing, type OutgoingOptions } from "../outgoing/outgoing.ts";
import { readWhole } from "../outgoing/read-whole.ts";
import { lastModifiedMs } from "../outgoing/validators.ts";
import { parsePlace } from "../place.ts";

export const kevCatalogue: Connector = {
  id: "kev-catalogue",
  title: "Known exploited vulnerabilities: one JSON file at an https URL or a path",
};

export type KevCatalogueOptions = OutgoingOptions & {
  /** An http(s) URL or a path. */
  readonly place: string;
  /** Default 64 MiB. */
  readonly maxBytes?: number;
};

export type KevCatalogueFile = {
  readonly bytes: Uint8Array;
  /** When the source says the file was last changed; undefined = it does not say. Never the time of a local file, which tells when it was copied. */
  readonly lastModifiedMs: number | undefined;
};

export type KevCatalogue = {
  /** For people: the place without credentials. */
  readonly location: string;
  /** @throws CodedError `document-too-large`, `feed-unreachable`, `feed-changed`, `feed-invalid`, `input-invalid`. */
  readonly read: (signal: AbortSignal) => Promise<KevCatalogueFile>;
};

const MAX_BYTES = 67_108_864;

/** Names the one file of the catalogue; nothing is read yet. @throws CodedError `input-invalid`. */
export function openKevCatalogue(options: KevCatalogueOptions): KevCatalogue {
  const { maxBytes = MAX_BYTES } = options;
  const place = parsePlace(options.place);
  return place.kind === "url"
    ? { location: withoutCredentials(place.url), read: async (signal) => readRemote(place.url, options, maxBytes, signal) }
    : { location: place.path, read: async (signal) => readLocal(place.path, maxBytes, signal) };
}

async function readRemote(url: URL, options: OutgoingOptions, maxBytes: number, signal: AbortSignal): Promise<KevCatalogueFile> {
  const outgoing = openOutgoing(options);
  try {
    const file = await readWhole(outgoing, url, maxBytes, signal);
    if (file !== undefined) return { bytes: file.bytes, lastModifiedMs: lastModifiedMs(file.validators) };
    const place = withoutCredentials(url);
    throw new CodedError("feed-unreachable", `expected the catalogue at ${place}, got status 404`, { place });
  } finally {
    outgoing.close();
  }
}

async function readLocal(path: string, maxBytes: number, signal: AbortSignal): Promise<KevCatalogueFile> {
  const found = await stat(path).catch(() => undefined);
  if (found?.isFile() !== true)
    throw new CodedError("input-invalid", `expected the catalogue's file, got none at ${path}`, { place: path });
  if (found.size > maxBytes) {
    throw new CodedError("document-too-large", `expected at most ${maxBytes} bytes, got ${found.size}`, { place: path });
  }
  return { bytes: await readFile(path, { signal }), lastModifiedMs: undefined };
}
