import { isJsonObject, type Json, type JsonObject } from "../../vocabulary/json.ts";
import type { StatedSource } from "../component-identity.ts";

/** The source package that syft and Trivy name in a component's properties, which the purl may not have. */
export function statedSource(component: JsonObject): StatedSource | undefined {
  const properties = component["properties"];
  if (!Array.isArray(properties)) return undefined;
  const stated = new Map<string, string>();
  for (const property of properties as readonly Json[]) {
    if (!isJsonObject(property)) continue;
    const { name, value } = property;
    if (typeof name === "string" && typeof value === "string" && value !== "" && SOURCE_PROPERTIES.has(name)) stated.set(name, value);
  }
  const name = stated.get(TRIVY_NAME) ?? stated.get("syft:metadata:source") ?? stated.get("syft:metadata:originPackage");
  if (name !== undefined) return { name, version: trivyVersion(stated) ?? stated.get("syft:metadata:sourceVersion") };
  const sourceRpm = stated.get("syft:metadata:sourceRpm");
  return sourceRpm === undefined ? undefined : { name: sourceRpm, version: undefined };
}

const TRIVY_NAME = "aquasecurity:trivy:SrcName";
const TRIVY_VERSION = "aquasecurity:trivy:SrcVersion";
const TRIVY_RELEASE = "aquasecurity:trivy:SrcRelease";
const TRIVY_EPOCH = "aquasecurity:trivy:SrcEpoch";

const SOURCE_PROPERTIES: ReadonlySet<string> = new Set([
  TRIVY_NAME,
  TRIVY_VERSION,
  TRIVY_RELEASE,
  TRIVY_EPOCH,
  "syft:metadata:source",
  "syft:metadata:sourceVersion",
  "syft:metadata:originPackage",
  "syft:metadata:sourceRpm",
]);

/** Trivy writes the parts of a version apart. */
function trivyVersion(stated: ReadonlyMap<string, string>): string | undefined {
  const version = stated.get(TRIVY_VERSION);
  if (version === undefined) return undefined;
  const [epoch, release] = [stated.get(TRIVY_EPOCH), stated.get(TRIVY_RELEASE)];
  return `${epoch === undefined || epoch === "0" ? "" : `${epoch}:`}${version}${release === undefined ? "" : `-${release}`}`;
}
