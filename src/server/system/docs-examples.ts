import { type AnyEndpoint, isMemberRule } from "../../contract/endpoint.ts";

/** A command to copy, that answers something on a server with npm data. */
export function curlExample(endpoint: AnyEndpoint, baseUrl: string): string {
  const door = endpoint.access === "local-door";
  const parts = ["curl"];
  if (door) parts.push('--unix-socket "$DATA_DIR/door.sock"');
  if (isMemberRule(endpoint.access)) parts.push('--header "Authorization: Bearer $SLUICE_TOKEN"');
  if (endpoint.answerType === "application/octet-stream")
    parts.push(`--output ${endpoint.id === "readAdvisorySignature" ? "record.sig" : "snapshot.bin"}`);
  const body = bodyOf(endpoint);
  if (body !== undefined) parts.push(body);
  else if (endpoint.method === "POST") parts.push("--request POST");
  parts.push(`'${door ? "http://door" : baseUrl}${pathOf(endpoint)}'`);
  return parts.join(" ");
}

const exampleParams: Readonly<Record<string, string>> = {
  ecosystem: "npm",
  id: "GHSA-35jh-r3h4-6jhm",
  name: "lodash",
  sync: "SYNC",
};

const exampleQueries: Readonly<Record<string, string>> = {
  listPackages: "?ecosystem=npm&text=lodash",
  listProblems: "?ecosystem=npm",
  readPackage: "?version=4.17.15",
  readSync: "?waitMs=20000",
  scanDocument: "?name=package-lock.json",
  searchVulnerabilities: "?text=lodash&hasPatch=true",
};

const lodash = `{"package":{"ecosystem":"npm","name":"lodash"},"version":"4.17.15"}`;

const exampleBodies: Readonly<Record<string, string>> = {
  acceptInvitation: `{"agreementSha256":"AGREEMENT_SHA256"}`,
  changeMember: `{"role":"editor"}`,
  correctAdvisory: `{"reason":"2.4.1 is affected too","change":[{"part":"PART","revision":1,"kind":"summary","body":{"text":"A length is trusted"}}]}`,
  createCircle: `{"name":"Fixers","purpose":"Build and test fixes","agreement":"…","longestDays":90}`,
  createOrganisation: `{"name":"Example Grid","kind":"operator","sector":"energy","country":"DE"}`,
  createServiceAccount: `{"name":"Nightly scan","role":"reader"}`,
  estimateSync: `{"feed":"osv","ecosystem":"npm"}`,
  inviteToCircle: `{"organisation":"ORGANISATION","answerDays":14}`,
  noteScanned: `{"ecosystems":["npm"]}`,
  npmBulkAdvisories: `{"lodash":["4.17.15"]}`,
  osvQuery: lodash,
  osvQueryBatch: `{"queries":[${lodash}]}`,
  revokeCircleMember: `{"reason":"task done"}`,
  signAgreement: `{"agreementSha256":"AGREEMENT_SHA256"}`,
  startSync: `{"feed":"osv","ecosystem":"npm"}`,
  writeOsvDirectory: `{"directory":"/var/lib/osv-scanner"}`,
  withdrawAdvisory: `{"reason":"The caller checks the length"}`,
  writeBackup: `{"file":"/var/backups/sluice.backup"}`,
};

function pathOf(endpoint: AnyEndpoint): string {
  const path = endpoint.path.replaceAll(/\{\+?(\w+)\}/g, (_, name: string) => exampleParams[name] ?? name.toUpperCase());
  return path + (exampleQueries[endpoint.id] ?? "");
}

function bodyOf(endpoint: AnyEndpoint): string | undefined {
  const json = exampleBodies[endpoint.id];
  if (json !== undefined) return `--json '${json}'`;
  if (endpoint.bodyKind === "stream") return "--data-binary @proof.tar";
  return endpoint.bodyKind === "bytes" ? "--data-binary @package-lock.json" : undefined;
}
