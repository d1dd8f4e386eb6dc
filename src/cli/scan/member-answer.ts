import { readFileSync } from "node:fs";
import { createClient } from "../../contract/client.ts";
import { matchStaged, MAX_STAGED_COMPONENTS } from "../../contract/endpoints/scans.ts";
import type { DocumentToAnswer } from "../../matching/scan/answer-scan.ts";
import { componentsToAsk } from "../../matching/scan/staged-components.ts";
import { CodedError } from "../../vocabulary/coded-error.ts";
import type { StagedAnswer } from "../../vocabulary/staged-answer.ts";
import { createServerTransport } from "../server-transport.ts";
import { UsageError } from "../terminal-error.ts";
import { fileErrorReason } from "./file-error-reason.ts";

/** A server that is asked as a member. */
export type MemberAccess = { readonly server: string; readonly token: string };

export type StatedAccess = {
  readonly server: string | undefined;
  readonly tokenFile: string | undefined;
  readonly environmentToken: string | undefined;
};

/** `--token FILE`, else SLUICE_TOKEN, with the server it is for; undefined = a stranger asks. @throws UsageError for a token without a server */
export function readMemberAccess({ server, tokenFile, environmentToken }: StatedAccess): MemberAccess | undefined {
  if (tokenFile !== undefined && server === undefined)
    throw new UsageError("--token: expected --server URL beside it, the server that made the token");
  const token = (tokenFile === undefined ? environmentToken : readTokenFile(tokenFile))?.trim();
  if (server === undefined || token === undefined || token === "") return undefined;
  if (!/^[\x21-\x7e]+$/.test(token))
    throw new UsageError("--token: expected a token as the server gave it, on one line and without spaces");
  return { server, token };
}

/**
 * What the server tells a member of the documents' components beside what is public. Never the answer to somebody else: a token that does not hold,
 * or a server that does not answer, is a refusal.
 * @throws CodedError `credential-refused`, `not-allowed`, `feed-unreachable`, `input-invalid`
 */
export async function askAsMember(access: MemberAccess, documents: readonly DocumentToAnswer[]): Promise<StagedAnswer> {
  const components = componentsToAsk(documents).map(({ ecosystem, name, version }) => ({
    ecosystem,
    name,
    ...(version === undefined ? {} : { version }),
  }));
  if (components.length > MAX_STAGED_COMPONENTS) {
    throw new CodedError(
      "document-too-large",
      `expected at most ${MAX_STAGED_COMPONENTS} different package versions in one scan as a member, got ${components.length}`,
    );
  }
  const unreachable = "Nothing is answered, since the public answer is not the member's";
  const answer = await createClient(createServerTransport({ ...access, unreachable }))(matchStaged, { body: { components } });
  // What is absent on the wire is undefined here.
  return {
    findings: answer.findings.map((finding) => ({ ...finding, publicAt: finding.publicAt })),
    notices: answer.notices.map((notice) => ({ ...notice, publicAt: notice.publicAt })),
    cannotCompare: answer.cannotCompare.map((entry) => ({ ...entry, publicAt: entry.publicAt, version: entry.version })),
  };
}

function readTokenFile(file: string): string {
  try {
    return readFileSync(file, "utf8");
  } catch (error) {
    throw new UsageError(`--token: expected a file with the token in it, got ${file} (${fileErrorReason(error)})`);
  }
}
