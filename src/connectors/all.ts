import type { Connector } from "./connector.ts";
import { kevCatalogue } from "./kev-catalogue/kev-catalogue.ts";
import { osvBucket } from "./osv-bucket/osv-bucket.ts";

/** Every connector, by id. */
export const connectors: readonly Connector[] = [
  kevCatalogue, //
  osvBucket,
];
