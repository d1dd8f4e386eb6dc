import { CodedError } from "../vocabulary/coded-error.ts";
import { isJsonObject } from "../vocabulary/json.ts";
import { type CsafRequest, readCsaf } from "./csaf/csaf.ts";
import type { DraftDocument } from "./draft-document.ts";
import { osvToDraft } from "./osv/osv-to-draft.ts";
import { readJson, RECORD_LIMITS } from "./read-json.ts";

/**
 * Reads an OSV record or a CSAF 2.0 document, told apart by what they begin with.
 * @throws CodedError `document-invalid`, `document-too-large`, `document-unknown` when it is neither
 */
export function readDraftDocument(bytes: Uint8Array, place: string, request: CsafRequest): DraftDocument {
  const value = readJson(bytes, RECORD_LIMITS);
  if (isJsonObject(value)) {
    if (isJsonObject(value["document"])) return readCsaf(bytes, place, request);
    if (value["id"] !== undefined && value["modified"] !== undefined) return osvToDraft(bytes, place);
  }
  throw new CodedError(
    "document-unknown",
    "Expected an OSV record (id, modified …) or a CSAF 2.0 document (document, product_tree …) in JSON",
    { place },
  );
}
