import type { AnswerOf } from "../../contract/endpoint.ts";
import type { listFormats } from "../../contract/endpoints/scans.ts";
import type { InputDocument } from "../../formats/inventory-format.ts";
import { allInventoryFormats, readInventory } from "../../formats/read-inventory.ts";
import { ecosystemOf, packageOfPurl } from "../../matching/ecosystems/ecosystem-of.ts";
import { SYSTEM_EXAMPLES, systemOfEcosystem } from "../../matching/ecosystems/system-release.ts";
import { answerScan } from "../../matching/scan/answer-scan.ts";
import { CodedError } from "../../vocabulary/coded-error.ts";
import type { SystemRelease } from "../../vocabulary/system-release.ts";
import type { ScanAnswer } from "../../vocabulary/scan-answer.ts";
import type { SnapshotService } from "../snapshot/snapshot-service.ts";

export type ScanService = {
  /**
   * The document is read, answered and forgotten. `release`: of which distribution and release a list of installed packages is.
   * @throws CodedError as the formats do, `input-invalid` and `snapshot-missing`
   */
  readonly scan: (document: InputDocument, release: string | undefined) => ScanAnswer;
  readonly formats: () => AnswerOf<typeof listFormats>["formats"];
  readonly snapshotFile: () => { readonly etag: string; readonly bytes: Uint8Array };
};

export function createScanService({ snapshots, now }: { readonly snapshots: SnapshotService; readonly now: () => number }): ScanService {
  return {
    scan: (document, release) => {
      const { snapshot } = snapshots.require();
      const system = release === undefined ? document.system : systemNamed(release);
      const inventory = readInventory({ ...document, system }, packageOfPurl);
      return answerScan({ snapshot, ecosystemOf, documents: [{ name: document.name, inventory }], unreadable: [], nowMs: now() });
    },
    formats: () =>
      allInventoryFormats
        .map(({ id, title, fileNames }) => ({ id, title, fileNames: [...fileNames] }))
        .toSorted((a, b) => a.title.localeCompare(b.title, "en")),
    snapshotFile: () => {
      const { snapshot, bytes } = snapshots.require();
      return { etag: `"${snapshot.header.builtAtMs.toString(36)}-${bytes.length.toString(36)}"`, bytes };
    },
  };
}

function systemNamed(release: string): SystemRelease {
  const system = systemOfEcosystem(release);
  if (system !== undefined) return system;
  throw new CodedError(
    "input-invalid",
    `Expected a distribution and release such as ${SYSTEM_EXAMPLES}, found ${JSON.stringify(release)}`,
    {
      place: "release",
    },
  );
}
