import type { Finding, FoundComponent, ScanAnswer } from "../../vocabulary/scan-answer.ts";
import { endingChanges } from "./ending-changes.ts";

type SarifLevel = "error" | "warning" | "note";

/** The answer as SARIF 2.1.0: one rule a vulnerability, one result a component, and what could not be said as tool notifications. */
export function toSarif(answer: ScanAnswer, version: string): object {
  return {
    $schema: "https://json.schemastore.org/sarif-2.1.0.json",
    version: "2.1.0",
    runs: [
      {
        tool: { driver: { name: "Sluice", semanticVersion: version, rules: answer.findings.map(ruleOf) } },
        columnKind: "utf16CodeUnits",
        invocations: [{ executionSuccessful: answer.unreadable.length === 0, toolExecutionNotifications: notificationsOf(answer) }],
        artifacts: answer.documents.map(({ name }) => ({ location: { uri: toUri(name) } })),
        results: answer.findings.flatMap((finding, ruleIndex) =>
          finding.components.map((component) => resultOf(finding, ruleIndex, component, answer)),
        ),
      },
    ],
  };
}

function ruleOf(finding: Finding): object {
  return {
    id: finding.ids[0] ?? finding.vulnerability,
    shortDescription: { text: finding.title },
    defaultConfiguration: { level: levelOf(finding) },
    properties: {
      tags: ["security", ...(finding.exploited ? ["exploited"] : []), ...(finding.kind === "malware" ? ["malware"] : [])],
      // Left out when not known: a reader takes a missing severity as unknown, and 0.0 as harmless.
      ...(finding.score === undefined ? {} : { "security-severity": finding.score.toFixed(1) }),
      aliases: finding.ids.slice(1),
    },
  };
}

function resultOf(finding: Finding, ruleIndex: number, component: FoundComponent, answer: ScanAnswer): object {
  const named = answer.documents.flatMap(({ name }) => {
    const place = component.places.find((candidate) => candidate.startsWith(`${name}: `));
    return place === undefined ? [] : [{ name, line: lineOf(place.slice(name.length + 2)) }];
  });
  return {
    ruleId: finding.ids[0] ?? finding.vulnerability,
    ruleIndex,
    level: levelOf(finding),
    message: {
      text: `${component.name} ${component.version} is in ${component.affected}: ${finding.title}. ${fixText(finding, component, answer)}`,
    },
    locations: named.map(({ name, line }) => ({
      physicalLocation: { artifactLocation: { uri: toUri(name) }, ...(line === undefined ? {} : { region: { startLine: line } }) },
      logicalLocations: [{ fullyQualifiedName: `${component.name}@${component.version}`, kind: "package" }],
    })),
    partialFingerprints: { "sluiceFinding/v1": `${finding.vulnerability}/${component.ecosystem}/${component.name}/${component.version}` },
  };
}

function notificationsOf(answer: ScanAnswer): readonly object[] {
  const level: SarifLevel = "warning";
  return [
    ...answer.unreadable.map(({ place, reason }) => ({ level: "error", message: { text: `${place}: ${reason}` } })),
    ...answer.documents.flatMap((document) =>
      document.problems.map(({ place, reason }) => ({ level, message: { text: `${document.name}: ${place}: ${reason}` } })),
    ),
    ...answer.ecosystems.flatMap(({ ecosystem, components, cannotSay }) =>
      cannotSay === undefined
        ? []
        : [{ level, message: { text: `cannot say for ${components} components of ${ecosystem}: ${cannotSay}` } }],
    ),
    ...answer.cannotCompare.map(({ name, version, place, reason }) => ({
      level,
      message: { text: `cannot compare ${name} ${version ?? "without a version"} (${place}): ${reason}` },
    })),
  ];
}

function levelOf(finding: Finding): SarifLevel {
  if (finding.exploited || finding.kind === "malware" || finding.score === undefined) return "error";
  return finding.score >= 7 ? "error" : finding.score >= 4 ? "warning" : "note";
}

/** The line that a place names (`line 29`, `103:5`); undefined where it names no line. */
function lineOf(place: string): number | undefined {
  const [, line] = /^(?:line )?(\d{1,9})(?:$|:\d)/.exec(place) ?? [];
  return line === undefined || Number(line) === 0 ? undefined : Number(line);
}

/** What goes to its fixed version with another package is told so: by itself it cannot. */
function fixText(finding: Finding, component: FoundComponent, { changes }: ScanAnswer): string {
  const [first, ...others] = endingChanges(finding, component, changes);
  if (first !== undefined && others.length === 0 && first.name !== component.name && first.fix.kind === "version")
    return `Take ${first.name} ${first.fix.version}, which takes it along.`;
  const { fix } = component;
  switch (fix.kind) {
    case "version":
      return `Go to ${fix.version}.`;
    case "above":
      return `Go above ${fix.version}.`;
    case "remove":
      return "Remove it: it is malware.";
    case "none":
      return "No fixed version is known.";
  }
}

/** A relative reference, or a file URI where the name is an absolute path. */
function toUri(name: string): string {
  const path = name.replaceAll("\\", "/").split("/").map(toSegment).join("/");
  if (/^[A-Za-z]:\//.test(name.replaceAll("\\", "/"))) return `file:///${path.replace("%3A", ":")}`;
  return path.startsWith("/") ? `file://${path}` : path;
}

function toSegment(segment: string): string {
  return encodeURIComponent(segment.toWellFormed());
}
