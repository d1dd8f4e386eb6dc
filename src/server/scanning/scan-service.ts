import type { AnswerOf } from "../../contract/endpoint.ts";
import type { listFormats } from "../../contract/endpoints/scans.ts";
import type { InputDocument } from "../../formats/inventory-format.ts";
import { allInventoryFormats, readInventory } from "../../formats/read-inventory.ts";
import { ecosystemOf, packageOfPurl } from "../../matching/ecosystems/ecosystem-of.ts";
import { SYSTEM_EXAMPLES, systemOfEcosystem } from "../../matching/ecosystems/system-release.ts";
import { answerScan } from "../../matching/scan/answer-scan.ts";
import { componentsToAsk, withStaged } from "../../matching/scan/staged-components.ts";
import { CodedError } from "../../vocabulary/coded-error.ts";
import type { SystemRelease } from "../../vocabulary/system-release.ts";
import type { ScanAnswer } from "../../vocabulary/scan-answer.ts";
import type { Caller } from "../http/caller.ts";
import type { StagedService } from "../releases/staged-service.ts";
import type { SnapshotService } from "../snapshot/snapshot-service.ts";

export type ScanService = {
  /**
   * The document is read, answered and forgotten; a member is told what is staged, too. `release`: of which distribution and release a list of installed packages is.
   * @throws CodedError as the formats do, `input-invalid` and `snapshot-missing`
   */
  readonly scan: (document: InputDocument, release: string | undefined, member?: Caller) => Promise<ScanAnswer>;
  readonly formats: () => AnswerOf<typeof listFormats>["formats"];
  readonly snapshotFile: () => { readonly etag: string; readonly bytes: Uint8Array };
};

export type ScanServiceParts = { readonly snapshots: SnapshotService; readonly staged: StagedService; readonly now: () => number };

export function createScanService({ snapshots, staged, now }: ScanServiceParts): ScanService {
  return {
    scan: async (document, release, member) => {
      const { snapshot } = snapshots.require();
      const system = release === undefined ? document.system : systemNamed(release);
      const inventory = readInventory({ ...document, system }, packageOfPurl);
      const documents = [{ name: document.name, inventory }];
      const answer = answerScan({ snapshot, ecosystemOf, documents, unreadable: [], nowMs: now() });
      return member === undefined ? answer : withStaged(answer, await staged.match(member, componentsToAsk(documents)), documents);
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
