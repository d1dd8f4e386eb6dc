import { CodedError, isCodedError } from "../../vocabulary/coded-error.ts";
import type { PartBody } from "../../vocabulary/draft-advisory.ts";
import type { JsonObject } from "../../vocabulary/json.ts";
import { parseTlp, type TlpLabel } from "../../vocabulary/tlp.ts";
import { createLeftOut, type DraftDocument, type LeftOut, summaryParts, textParts } from "../draft-document.ts";
import type { PurlResolver } from "../inventory-format.ts";
import { asObject, below, optionalList, optionalObject, optionalText, refusal, requiredText, textList } from "../json-reading.ts";
import { readJson, RECORD_LIMITS } from "../read-json.ts";
import { affectedParts } from "./affected-products.ts";
import { readProducts } from "./product-tree.ts";

export type CsafRequest = {
  readonly resolvePurl: PurlResolver;
  /** Which vulnerability, by its CVE or one of its ids; needed where the document has several. */
  readonly vulnerability?: string | undefined;
};

/**
 * Reads one vulnerability of a CSAF 2.0 document in JSON into the parts of a draft advisory.
 * @throws CodedError `document-invalid`, `document-too-large`, `document-unknown` (another version), placed below `place`
 */
export function readCsaf(bytes: Uint8Array, place: string, { resolvePurl, vulnerability }: CsafRequest): DraftDocument {
  try {
    return readDocument(asObject(readJson(bytes, RECORD_LIMITS), ""), resolvePurl, vulnerability);
  } catch (error) {
    if (!isCodedError(error)) throw error;
    const inside = error.place === undefined || error.place === "" ? place : `${place}: ${error.place}`;
    throw new CodedError(error.code, error.message, { cause: error, place: inside });
  }
}

function readDocument(csaf: JsonObject, resolvePurl: PurlResolver, wanted: string | undefined): DraftDocument {
  const head = asObject(csaf["document"], "document");
  const version = requiredText(head, "csaf_version", "document");
  if (version !== "2.0") {
    throw new CodedError("document-unknown", `Expected CSAF 2.0, found ${version}`, { place: "document.csaf_version" });
  }
  const leftOut = createLeftOut();
  const tracking = asObject(head["tracking"], "document.tracking");
  const products = readProducts(csaf);
  const { found, place } = chooseVulnerability(csaf, wanted);
  const parts = [
    ...summaryParts(titleOf(head, found, place)),
    ...noteParts(head, "document", leftOut),
    ...noteParts(found, place, leftOut),
    ...affectedParts(found, place, products, resolvePurl, leftOut),
    ...remediationParts(found, place),
    ...severityParts(found, place, leftOut),
    ...weaknessParts(found, place),
    ...aliasParts(found, place, leftOut),
    ...referenceParts(head, "document", leftOut),
    ...referenceParts(found, place, leftOut),
    ...creditParts(head, "document"),
    ...creditParts(found, place),
  ];
  return { format: "csaf", id: requiredText(tracking, "id", "document.tracking"), tlp: tlpOf(head), parts, leftOut: leftOut.list() };
}

/** Threat: a marking that is not understood and so is taken for none. */
function tlpOf(head: JsonObject): TlpLabel | undefined {
  const distribution = optionalObject(head, "distribution", "document");
  const tlp = distribution === undefined ? undefined : optionalObject(distribution, "tlp", "document.distribution");
  if (tlp === undefined) return undefined;
  const text = requiredText(tlp, "label", "document.distribution.tlp");
  const label = parseTlp(text);
  if (label === undefined) throw refusal("document.distribution.tlp.label", "a label of TLP", text);
  // CSAF 2.0 has no word for AMBER+STRICT: documents say it in the text beside the label.
  const isStrict = label === "TLP:AMBER" && /AMBER\+STRICT/i.test(optionalText(distribution ?? {}, "text", "document.distribution") ?? "");
  return isStrict ? "TLP:AMBER+STRICT" : label;
}

/** A draft is about one vulnerability: ranges of several must not become one another's. */
function chooseVulnerability(csaf: JsonObject, wanted: string | undefined): { readonly found: JsonObject; readonly place: string } {
  const all = optionalList(csaf, "vulnerabilities", "").map((value, index) => {
    const place = `vulnerabilities[${index}]`;
    return { found: asObject(value, place), place };
  });
  const named = wanted === undefined ? all : all.filter(({ found, place }) => namesOf(found, place).includes(wanted));
  const [one] = named;
  if (one !== undefined && named.length === 1) return one;
  const names = all.flatMap(({ found, place }) => namesOf(found, place).slice(0, 1)).slice(0, 20);
  if (all.length === 0) throw refusal("vulnerabilities", "a document about a vulnerability", undefined);
  const among = names.length === 0 ? "they have no ids" : names.join(", ");
  const expected =
    wanted === undefined
      ? `one vulnerability, or the name of the one that is meant (${among})`
      : `one vulnerability named ${wanted} (${among})`;
  throw refusal("vulnerabilities", expected, `${named.length} of them`);
}

function namesOf(vulnerability: JsonObject, place: string): readonly string[] {
  const cve = optionalText(vulnerability, "cve", place);
  return [...(cve === undefined ? [] : [cve]), ...idsOf(vulnerability, place)];
}

function idsOf(vulnerability: JsonObject, place: string): readonly string[] {
  return optionalList(vulnerability, "ids", place).map((value, index) => {
    const at = `${below(place, "ids")}[${index}]`;
    return requiredText(asObject(value, at), "text", at);
  });
}

function titleOf(head: JsonObject, vulnerability: JsonObject, place: string): string {
  return optionalText(vulnerability, "title", place) ?? requiredText(head, "title", "document");
}

const TOLD_NOTES: ReadonlySet<string> = new Set(["description", "details", "general", "summary"]);

function noteParts(parent: JsonObject, place: string, leftOut: LeftOut): readonly PartBody[] {
  return optionalList(parent, "notes", place).flatMap((value, index) => {
    const at = `${below(place, "notes")}[${index}]`;
    const note = asObject(value, at);
    const category = requiredText(note, "category", at);
    const text = requiredText(note, "text", at);
    if (TOLD_NOTES.has(category)) return textParts("details", text);
    leftOut.add(at, `a note of the category ${category.slice(0, 60)} says nothing of the vulnerability`);
    return [];
  });
}

const REMEDIATION_WORDS: Readonly<Record<string, string | undefined>> = {
  vendor_fix: "Fix",
  none_available: "No fix is available",
  no_fix_planned: "No fix is planned",
};

function remediationParts(vulnerability: JsonObject, place: string): readonly PartBody[] {
  return optionalList(vulnerability, "remediations", place).flatMap((value, index): readonly PartBody[] => {
    const at = `${below(place, "remediations")}[${index}]`;
    const remediation = asObject(value, at);
    const category = requiredText(remediation, "category", at);
    const url = optionalText(remediation, "url", at);
    const words = [requiredText(remediation, "details", at).trim(), ...(url === undefined ? [] : [url])]
      .join("\n\n")
      .slice(0, 100_000)
      .toWellFormed();
    if (words === "") return [];
    const head = Object.hasOwn(REMEDIATION_WORDS, category) ? REMEDIATION_WORDS[category] : undefined;
    return head === undefined
      ? [{ kind: "patch", body: { kind: "mitigation", ecosystem: undefined, name: undefined, text: words } }]
      : textParts("details", `${head}: ${words}`);
  });
}

/** CSAF 2.0 has the two vectors that its schema names; each once, whichever products it is stated for. */
function severityParts(vulnerability: JsonObject, place: string, leftOut: LeftOut): readonly PartBody[] {
  const vectors = new Map<string, PartBody>();
  for (const [index, value] of optionalList(vulnerability, "scores", place).entries()) {
    const at = `${below(place, "scores")}[${index}]`;
    const score = asObject(value, at);
    for (const [key, type] of [
      ["cvss_v3", "CVSS_V3"],
      ["cvss_v2", "CVSS_V2"],
    ] as const) {
      const cvss = optionalObject(score, key, at);
      const vector = cvss === undefined ? undefined : optionalText(cvss, "vectorString", below(at, key));
      if (vector !== undefined) vectors.set(`${type} ${vector}`, { kind: "severity", body: { type, vector } });
    }
  }
  if (vectors.size > 1) leftOut.add(below(place, "scores"), "which products each score is stated for");
  return [...vectors.values()];
}

function weaknessParts(vulnerability: JsonObject, place: string): readonly PartBody[] {
  const cwe = optionalObject(vulnerability, "cwe", place);
  return cwe === undefined ? [] : [{ kind: "weakness", body: { text: requiredText(cwe, "id", below(place, "cwe")) } }];
}

/** Ids of other systems are aliases when they look like ids that others can look up. */
function aliasParts(vulnerability: JsonObject, place: string, leftOut: LeftOut): readonly PartBody[] {
  const cve = optionalText(vulnerability, "cve", place);
  const aliases = new Set(cve === undefined ? [] : [cve]);
  for (const [index, id] of idsOf(vulnerability, place).entries()) {
    if (/^[A-Z][A-Za-z]{1,19}-[A-Za-z0-9][A-Za-z0-9:_-]{2,99}$/.test(id)) aliases.add(id);
    else leftOut.add(`${below(place, "ids")}[${index}]`, `${id.slice(0, 100)} is not the id of an advisory`);
  }
  return [...aliases].map((text) => ({ kind: "alias", body: { text } }));
}

function referenceParts(parent: JsonObject, place: string, leftOut: LeftOut): readonly PartBody[] {
  return optionalList(parent, "references", place).flatMap((value, index): readonly PartBody[] => {
    const at = `${below(place, "references")}[${index}]`;
    const reference = asObject(value, at);
    const url = requiredText(reference, "url", at);
    if (/^https?:\/\//i.test(url) && URL.canParse(url)) {
      return [{ kind: "reference", body: { type: optionalText(reference, "category", at) === "self" ? "ADVISORY" : "WEB", url } }];
    }
    leftOut.add(below(at, "url"), "expected an address on the web");
    return [];
  });
}

/** CSAF does not say in which role someone is thanked. */
function creditParts(parent: JsonObject, place: string): readonly PartBody[] {
  return optionalList(parent, "acknowledgments", place).flatMap((value, index): readonly PartBody[] => {
    const at = `${below(place, "acknowledgments")}[${index}]`;
    const thanks = asObject(value, at);
    const organisation = optionalText(thanks, "organization", at);
    const names = textList(thanks, "names", at).filter((name) => name.trim() !== "");
    const contact = textList(thanks, "urls", at).filter((url) => url !== "");
    const named = names.map((name) => (organisation === undefined ? name : `${name} (${organisation})`));
    const credited = named.length > 0 ? named : organisation === undefined ? [] : [organisation];
    return credited.map((name) => ({ kind: "credit", body: { name, role: "OTHER", contact } }));
  });
}
