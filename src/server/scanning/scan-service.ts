import type { InputDocument } from "../../formats/inventory-format.ts";
import { readInventory } from "../../formats/read-inventory.ts";
import { ecosystemOf, packageOfPurl } from "../../matching/ecosystems/ecosystem-of.ts";
import { answerScan } from "../../matching/scan/answer-scan.ts";
import type { ScanAnswer } from "../../vocabulary/scan-answer.ts";
import type { SnapshotService } from "../snapshot/snapshot-service.ts";

export type ScanService = {
  /** The document is read, answered and forgotten. @throws CodedError as the formats do, and `snapshot-missing` */
  readonly scan: (document: InputDocument) => ScanAnswer;
  readonly snapshotFile: () => { readonly etag: string; readonly bytes: Uint8Array };
};

export function createScanService({ snapshots, now }: { readonly snapshots: SnapshotService; readonly now: () => number }): ScanService {
  return {
    scan: (document) => {
      const { snapshot } = snapshots.require();
      const inventory = readInventory(document, packageOfPurl);
      return answerScan({ snapshot, ecosystemOf, documents: [{ name: document.name, inventory }], unreadable: [], nowMs: now() });
    },
    snapshotFile: () => {
      const { snapshot, bytes } = snapshots.require();
      return { etag: `"${snapshot.header.builtAtMs.toString(36)}-${bytes.length.toString(36)}"`, bytes };
    },
  };
}
