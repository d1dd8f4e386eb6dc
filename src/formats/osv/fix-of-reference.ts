import type { AdvisoryReference } from "../../vocabulary/advisory.ts";

/** A patch that a reference leads to; `url` is without suffix, query and fragment, so that the same patch has one URL. */
export type ReferencedFix = { readonly kind: "commit" | "pull-request"; readonly url: string };

/**
 * The commit or pull request behind a reference, or undefined. `FIX` says so itself; GitHub's advisories list fix
 * commits as `WEB`. Other types (`INTRODUCED`, `EVIDENCE`, `REPORT`…) may name a commit that mends nothing.
 */
export function fixOfReference(reference: AdvisoryReference): ReferencedFix | undefined {
  if (reference.type !== "FIX" && reference.type !== "WEB") return undefined;
  for (const { kind, pattern } of FIX_URLS) {
    const url = pattern.exec(reference.url)?.[1];
    if (url !== undefined) return { kind, url };
  }
  return undefined;
}

/** A pull request first: its page of one commit (`/pull/7/commits/…`) belongs to it. */
const FIX_URLS: readonly { readonly kind: ReferencedFix["kind"]; readonly pattern: RegExp }[] = [
  // GitHub, Gitea; GitLab; Bitbucket
  { kind: "pull-request", pattern: /^(https?:\/\/[^/\s]+\/[^\s?#]+?\/(?:pull|pulls|merge_requests|pull-requests)\/\d+)(?=$|[./?#])/ },
  // Gerrit; the Go project's short form of it
  { kind: "pull-request", pattern: /^(https?:\/\/[^/\s]+\/c\/[^\s?#]+?\/\+\/\d+)(?=$|[/?#])/ },
  { kind: "pull-request", pattern: /^(https?:\/\/(?:go\.dev|golang\.org)\/cl\/\d+)(?=$|[/?#])/ },
  // GitHub, Gitea, GitLab, Bitbucket
  { kind: "commit", pattern: /^(https?:\/\/[^/\s]+\/[^\s?#]+?\/commits?\/[0-9a-f]{7,64})(?=$|[./?#])/i },
  // Gitiles
  { kind: "commit", pattern: /^(https?:\/\/[^/\s]+\/[^\s?#]+?\/\+\/[0-9a-f]{7,64})(?=$|[\^!/?#])/i },
  // cgit, gitweb
  { kind: "commit", pattern: /^(https?:\/\/[^/\s]+\/[^\s?#]*\?(?:[^\s#]*[&;])?(?:id|h)=[0-9a-f]{7,64})(?=$|[&;#])/i },
];
