import { readFileSync } from "node:fs";
import { createClient, type Transport } from "../../contract/client.ts";
import { matchStaged, MAX_STAGED_COMPONENTS } from "../../contract/endpoints/scans.ts";
import type { DocumentToAnswer } from "../../matching/scan/answer-scan.ts";
import { componentsToAsk } from "../../matching/scan/staged-components.ts";
import { CodedError } from "../../vocabulary/coded-error.ts";
import type { StagedAnswer } from "../../vocabulary/staged-answer.ts";
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
  const answer = await createClient(transportTo(access))(matchStaged, { body: { components } });
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

/** A token in the clear would be anybody's on the way. */
function transportTo({ server, token }: MemberAccess): Transport {
  const base = URL.parse(server);
  if (base === null || !/^https?:$/.test(base.protocol)) {
    throw new CodedError("input-invalid", `--server: expected an http or https URL, got ${JSON.stringify(server)}`);
  }
  if (base.protocol === "http:" && !/^(?:localhost|127(?:\.\d+){3}|\[::1\])$/.test(base.hostname)) {
    throw new CodedError("input-invalid", `--server: expected https, since a token goes with the request; got ${JSON.stringify(server)}`);
  }
  return async ({ method, path, headers, body, signal }) => {
    const url = new URL(path, base);
    try {
      const response = await fetch(url, {
        method,
        headers: { ...headers, authorization: `Bearer ${token}` },
        redirect: "error",
        ...(body === undefined ? {} : { body: typeof body === "string" ? body : new Uint8Array(body) }),
        ...(signal === undefined ? {} : { signal }),
      });
      return { status: response.status, headers: Object.fromEntries(response.headers), body: new Uint8Array(await response.arrayBuffer()) };
    } catch (cause) {
      const why = cause instanceof Error && cause.cause instanceof Error ? cause.cause.message : String(cause);
      throw new CodedError(
        "feed-unreachable",
        `the server cannot be reached: ${why}. Nothing is answered, since the public answer is not the member's`,
        {
          cause,
          place: url.href,
        },
      );
    }
  };
}
