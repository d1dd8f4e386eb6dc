// What other subjects may ask of the advisories.
export { importRecords, type ImportReport, prepareRecords, type ReceivedRecord, writePrepared } from "./import-records.ts";
export {
  listOnlyUnder,
  readBodyInForce,
  readListedIds,
  readRevisions,
  type RevisionRow,
  unlistAdvisories,
  type WriteContext,
} from "./advisory-store.ts";
