import type { Component } from "../vocabulary/component.ts";
import type { Problem } from "../vocabulary/problem.ts";
import type { ParsedPurl, PurlResolver } from "./inventory-format.ts";
import { describe, refusal } from "./json-reading.ts";
import { LONGEST_TEXT } from "./looked-up-text.ts";
import { isPurlRefusal, parsePurl } from "./purl/purl.ts";

/** What says which package at which version a component is. */
export type Identity = Pick<Component, "ecosystem" | "packageType" | "name" | "version" | "purl" | "source" | "installedAs">;

/** What a document says of a component beside its purl. `kind` is its own word for the kind of thing it is. */
export type Stated = {
  readonly name: string | undefined;
  readonly version: string | undefined;
  readonly kind: string;
  readonly purl: string | undefined;
  readonly purlPlace: string;
  /** The source package that the document names beside the purl. */
  readonly source?: StatedSource | undefined;
};

/** A source package, or the file name of one; its version where it is stated, which may be another than the binary package's. */
export type StatedSource = { readonly name: string; readonly version: string | undefined };

/**
 * The identity by purl, else by the stated name. A purl that is none becomes a problem, and the component stays, of type
 * `unknown`: it must be said that it could not be looked up.
 * @throws CodedError `document-invalid` at `place` when there is neither a purl nor a name.
 */
export function identify(stated: Stated, place: string, problems: Problem[], resolvePurl: PurlResolver): Identity {
  const parsed = stated.purl === undefined ? undefined : parsePurl(stated.purl);
  if (parsed !== undefined) {
    const identity = isPurlRefusal(parsed) ? undefined : byPurl(stated, parsed, resolvePurl);
    if (identity !== undefined && isLookedUp(identity.name)) return withLookedUpVersion(identity, place, problems);
    const reason = isPurlRefusal(parsed)
      ? parsed.reason
      : `Expected a name of at most ${LONGEST_TEXT} characters, none of them a control character`;
    problems.push({ place: stated.purlPlace, reason: `${reason}, found ${describe(stated.purl)}` });
  }
  const name = stated.name ?? stated.purl;
  if (name === undefined) throw refusal(`${place}.name`, "a text that is not empty", undefined);
  return {
    ecosystem: undefined,
    packageType: parsed === undefined ? stated.kind : "unknown",
    name,
    version: stated.version,
    purl: undefined,
  };
}

function byPurl(stated: Stated, purl: ParsedPurl, resolvePurl: PurlResolver): Identity {
  const resolved = resolvePurl(withSource(purl, stated.source));
  return {
    ecosystem: resolved?.ecosystem,
    packageType: purl.type,
    name: resolved?.name ?? (purl.namespace === undefined ? purl.name : `${purl.namespace}/${purl.name}`),
    version: withEpoch(resolved?.version ?? purl.version ?? stated.version, purl.qualifiers["epoch"]),
    purl: stated.purl,
    ...(resolved?.source === undefined ? {} : { source: resolved.source, installedAs: purl.name }),
  };
}

/** As the purl itself would say it; what it says is not overruled. Only of Debian's packages the version differs from that of their source. */
function withSource(purl: ParsedPurl, source: StatedSource | undefined): ParsedPurl {
  const { qualifiers, type } = purl;
  if (source === undefined || qualifiers["upstream"] !== undefined || qualifiers["source"] !== undefined) return purl;
  const upstream = type === "deb" && source.version !== undefined ? `${source.name}@${source.version}` : source.name;
  return { ...purl, qualifiers: { ...qualifiers, upstream } };
}

/** A version that no advisory can name is none: it cannot be said whether the component is affected. */
function withLookedUpVersion(identity: Identity, place: string, problems: Problem[]): Identity {
  if (identity.version === undefined || isLookedUp(identity.version)) return identity;
  problems.push({
    place,
    reason: `Expected a version of at most ${LONGEST_TEXT} characters, none of them a control character, found ${describe(identity.version)}`,
  });
  return { ...identity, version: undefined };
}

/** Of bounded length, and neither control characters nor halves of characters beyond U+FFFF. */
function isLookedUp(text: string): boolean {
  return text.length <= LONGEST_TEXT && !/[\p{Cc}\p{Cs}]/u.test(text);
}

/** rpm's purls carry the epoch as a qualifier; without it every version would look older than it is. */
function withEpoch(version: string | undefined, epoch: string | undefined): string | undefined {
  const needed = version !== undefined && epoch !== undefined && /^[1-9]\d*$/.test(epoch) && !/^\d+:/.test(version);
  return needed ? `${epoch}:${version}` : version;
}
