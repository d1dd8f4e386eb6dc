import type { Component, Inventory } from "../vocabulary/component.ts";
import type { SystemRelease } from "../vocabulary/system-release.ts";

/** A document as it came: its file name (for recognition and messages) and its bytes. */
export type InputDocument = {
  readonly name: string;
  readonly bytes: Uint8Array;
  /** For lists of installed packages: of which system they are, when the caller knows. */
  readonly system?: SystemRelease | undefined;
  /** What lies beside the document, when the caller has it and lets it be read. */
  readonly beside?: Beside | undefined;
};

/** Files beside a document, by their paths from its folder, with `/`. The caller decides what may be read: a format asks, and opens nothing itself. */
export type Beside = {
  /**
   * Undefined = nothing is there, or nothing that belongs to what is read.
   * @throws CodedError `document-invalid` or `document-too-large` for what is there and is not to be opened.
   */
  readonly file: (path: string) => Uint8Array | undefined;
  /** Names of the folders in a folder (`""` = the document's own), in order, links left out; of what is no folder, none. */
  readonly folders: (path: string) => readonly string[];
};

/**
 * Maps a parsed purl to an OSV ecosystem and name, a version where it is not the purl's own, and whether it names its source package where that
 * matters; undefined = OSV has no ecosystem for it. Given by the caller, so that formats need not know the ecosystems.
 */
export type PurlResolver = (
  purl: ParsedPurl,
) => (Pick<Component, "name" | "source"> & { readonly ecosystem: string; readonly version?: string }) | undefined;

export type ParsedPurl = {
  readonly type: string;
  readonly namespace: string | undefined;
  readonly name: string;
  readonly version: string | undefined;
  readonly qualifiers: Readonly<Record<string, string>>;
  readonly subpath: string | undefined;
};

/** One standard or lockfile that lists components. Adding one is a folder beside this file and a line in `all.ts`. */
export type InventoryFormat = {
  readonly id: string;
  /** For people, with versions: `CycloneDX 1.2–1.7 JSON`. */
  readonly title: string;
  /**
   * File names by which a directory scan finds it, lower case; each `*` matches any characters of one name. With `/` it is the end of a path (`dpkg/status`).
   * One behind `!` is not taken, whatever the others say.
   */
  readonly fileNames: readonly string[];
  /** A cheap look at name and first bytes; several formats may say yes, the first by name that does is used. */
  readonly recognises: (document: InputDocument) => boolean;
  /** @throws CodedError `document-invalid` with the place, `document-too-large`, `document-unknown` (a version that is not read). */
  readonly read: (document: InputDocument, resolvePurl: PurlResolver) => Inventory;
};
