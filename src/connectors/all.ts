export { kevCatalogue } from "./kev-catalogue/kev-catalogue.ts";
export { oidc } from "./oidc/oidc.ts";
export { osvBucket } from "./osv-bucket/osv-bucket.ts";
export { smtp } from "./smtp/smtp.ts";
export { tlogWitness } from "./tlog-witness/tlog-witness.ts";
export { webhook } from "./webhook/webhook.ts";
