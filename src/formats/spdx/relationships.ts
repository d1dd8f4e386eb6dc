import type { Json, JsonObject } from "../../vocabulary/json.ts";
import type { Problem } from "../../vocabulary/problem.ts";
import { asObject, keepingAside, optionalList, readEach, requiredText } from "../json-reading.ts";

/** One statement of `relationships`: `from` TYPE `to`. */
export type Relationship = { readonly from: string; readonly type: string; readonly to: string };

export function readRelationships(sbom: JsonObject, at: string, problems: Problem[]): readonly Relationship[] {
  const relationships: Relationship[] = [];
  let list: readonly Json[] = [];
  keepingAside(problems, () => {
    list = optionalList(sbom, "relationships", at.slice(0, -1));
  });
  readEach(list, `${at}relationships`, problems, (value, place) => {
    const entry = asObject(value, place);
    relationships.push({
      from: requiredText(entry, "spdxElementId", place),
      type: requiredText(entry, "relationshipType", place),
      to: requiredText(entry, "relatedSpdxElement", place),
    });
  });
  return relationships;
}

const DOCUMENT = "SPDXRef-DOCUMENT";

/** What the document describes: by relationship, or by the member that 2.2 has for it. */
export function describedRefs(sbom: JsonObject, relationships: readonly Relationship[]): ReadonlySet<string> {
  const described = new Set<string>();
  for (const { from, type, to } of relationships) {
    if (type === "DESCRIBES" && from === DOCUMENT) described.add(to);
    if (type === "DESCRIBED_BY" && to === DOCUMENT) described.add(from);
  }
  const stated = sbom["documentDescribes"];
  if (Array.isArray(stated)) for (const ref of stated as readonly Json[]) if (typeof ref === "string") described.add(ref);
  return described;
}
