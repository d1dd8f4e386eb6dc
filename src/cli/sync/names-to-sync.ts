import { localEcosystems } from "../../connectors/osv-bucket/local-ecosystems.ts";
import { parsePlace } from "../../connectors/place.ts";
import { isOsvEcosystem } from "../../matching/ecosystems/ecosystem-of.ts";
import { readScannedEcosystems } from "../../server/scanned-ecosystems.ts";
import { UsageError } from "../terminal-error.ts";

export type NamesToSync = {
  readonly names: readonly string[];
  /** Folders of the place that OSV has no ecosystem for. */
  readonly leftOut: readonly string[];
};

/**
 * What a sync takes. Of the public feed nothing is taken unasked: without names only what was scanned here, and with it the small catalogue
 * that ranks it. Who names a directory or a zip has asked for what is in it.
 */
export async function namesToSync(given: readonly string[], from: string | undefined, dataDirectory: string): Promise<NamesToSync> {
  if (given.length > 0) return { names: from === undefined && !given.includes("kev") ? [...given, "kev"] : given, leftOut: [] };
  const place = from === undefined ? undefined : parsePlace(from);
  if (place?.kind === "path") return namesAt(place.path);
  const scanned = readScannedEcosystems(dataDirectory);
  if (scanned.length === 0)
    throw new UsageError("nothing was scanned here yet, so there is nothing to choose from. Name an ecosystem: sluice sync npm");
  return { names: place === undefined ? [...scanned, "kev"] : scanned, leftOut: [] };
}

async function namesAt(path: string): Promise<NamesToSync> {
  const held = await localEcosystems(path);
  const names = held.filter(isOsvEcosystem);
  if (names.length === 0) {
    const found = held.length === 0 ? "none" : held.map((name) => JSON.stringify(name)).join(", ");
    throw new UsageError(
      `--from: expected folders named as OSV's ecosystems in ${path}, found ${found}. Name the ecosystem: sluice sync npm --from PLACE`,
    );
  }
  return { names, leftOut: path.toLowerCase().endsWith(".zip") ? [] : held.filter((name) => !isOsvEcosystem(name)) };
}
