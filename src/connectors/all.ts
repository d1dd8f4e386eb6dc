export { kevCatalogue } from "./kev-catalogue/kev-catalogue.ts";
export { osvBucket } from "./osv-bucket/osv-bucket.ts";
