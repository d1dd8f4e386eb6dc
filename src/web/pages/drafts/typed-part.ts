import type { StatedPartInput } from "../../../contract/draft-part-schemas.ts";
import type {
  AffectedBody,
  CreditBody,
  NoticeBody,
  PartKind,
  PatchBody,
  SeverityBody,
  TextBody,
} from "../../../vocabulary/draft-advisory.ts";
import type { AdvisoryReference } from "../../../vocabulary/advisory.ts";
import { type Stretch, stretchesOf } from "../../words/draft-words.ts";

/** A part as it is typed: every field as text, whichever kind needs which. */
export type TypedPart = {
  readonly kind: PartKind;
  readonly text: string;
  readonly ecosystem: string;
  readonly name: string;
  /** Of a patch, severity, reference or credit: which sort. */
  readonly sort: string;
  readonly contact: string;
  readonly stretches: readonly TypedStretch[];
  readonly versions: string;
  /** What has no fields here and stays as it is: ranges over commits, the purl. */
  readonly kept: Pick<AffectedBody, "purl" | "ranges">;
};
export type TypedStretch = { readonly key: string; readonly from: string; readonly kind: Stretch["kind"]; readonly to: string };

const FIRST_SORT: Readonly<Partial<Record<PartKind, string>>> = {
  patch: "fixed-version",
  severity: "CVSS_V3",
  reference: "WEB",
  credit: "FINDER",
};

export function newPart(kind: PartKind): TypedPart {
  return {
    kind,
    text: "",
    ecosystem: kind === "affected" ? "npm" : "",
    name: "",
    sort: FIRST_SORT[kind] ?? "",
    contact: "",
    stretches: [newStretch()],
    versions: "",
    kept: { purl: undefined, ranges: [] },
  };
}

export function newStretch(): TypedStretch {
  return { key: crypto.randomUUID(), from: "0", kind: "fixed", to: "" };
}

/** A part that is there, as its fields. */
export function toTyped(kind: PartKind, body: unknown): TypedPart {
  const typed = newPart(kind);
  switch (kind) {
    case "notice":
      return { ...typed, text: (body as NoticeBody).packages.map(({ ecosystem, name }) => `${ecosystem} ${name}`).join("\n") };
    case "affected": {
      const { package: named, purl, ranges, versions } = body as AffectedBody;
      const overVersions = ranges.filter(({ type }) => type !== "GIT");
      return {
        ...typed,
        ecosystem: named?.ecosystem ?? "",
        name: named?.name ?? "",
        stretches: overVersions.flatMap(({ events }) =>
          stretchesOf(events).map((stretch) => ({ ...newStretch(), ...stretch, to: stretch.to ?? "" })),
        ),
        versions: versions.join("\n"),
        kept: { purl, ranges: ranges.filter(({ type }) => type === "GIT") },
      };
    }
    case "patch": {
      const patch = body as PatchBody;
      return { ...typed, sort: patch.kind, ecosystem: patch.ecosystem ?? "", name: patch.name ?? "", text: patch.text };
    }
    case "severity":
      return { ...typed, sort: (body as SeverityBody).type, text: (body as SeverityBody).vector };
    case "reference":
      return { ...typed, sort: (body as AdvisoryReference).type, text: (body as AdvisoryReference).url };
    case "credit": {
      const { name, role, contact } = body as CreditBody;
      return { ...typed, name, sort: role, contact: contact.join("\n") };
    }
    default:
      return { ...typed, text: (body as TextBody | undefined)?.text ?? "" };
  }
}

/** What is sent; the server says what of it cannot be. */
export function toStated(typed: TypedPart): StatedPartInput {
  const { kind, text, sort } = typed;
  const ecosystem = typed.ecosystem.trim();
  const name = typed.name.trim();
  switch (kind) {
    case "notice":
      return { kind, body: { packages: linesOf(text).map(toPackage) } };
    case "affected": {
      const { purl, ranges } = typed.kept;
      const stated = typed.stretches.map(({ from, kind: end, to }) => ({
        type: rangeType(ecosystem),
        events: [{ kind: "introduced" as const, version: from.trim() }, ...(end === "none" ? [] : [{ kind: end, version: to.trim() }])],
      }));
      const kept = ranges.map(({ repository, events }) => ({ type: "GIT" as const, repository, events: [...events] }));
      const named = ecosystem === "" && name === "" ? {} : { package: { ecosystem, name } };
      return {
        kind,
        body: { ...named, ...(purl === undefined ? {} : { purl }), ranges: [...stated, ...kept], versions: linesOf(typed.versions) },
      };
    }
    case "patch":
      return {
        kind,
        body: {
          kind: sort as PatchBody["kind"],
          ...(ecosystem === "" ? {} : { ecosystem }),
          ...(name === "" ? {} : { name }),
          text: text.trim(),
        },
      };
    case "severity":
      return { kind, body: { type: sort, vector: text.trim() } };
    case "reference":
      return { kind, body: { type: sort as "WEB", url: text.trim() } };
    case "credit":
      return { kind, body: { name, role: sort, contact: linesOf(typed.contact) } };
    default:
      return { kind, body: { text: text.trim() } };
  }
}

/** OSV orders these by the rules of SemVer and says so; others by their own. */
function rangeType(ecosystem: string): "SEMVER" | "ECOSYSTEM" {
  return ["npm", "Go", "crates.io", "Hex", "Pub", "SwiftURL"].includes(ecosystem) ? "SEMVER" : "ECOSYSTEM";
}

function linesOf(text: string): string[] {
  return text
    .split("\n")
    .map((line) => line.trim())
    .filter((line) => line !== "");
}

function toPackage(line: string): { readonly ecosystem: string; readonly name: string } {
  const at = line.search(/\s\S+$/);
  return at === -1 ? { ecosystem: "", name: line } : { ecosystem: line.slice(0, at).trim(), name: line.slice(at).trim() };
}
