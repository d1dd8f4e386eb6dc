import { buffer } from "node:stream/consumers";
import { defineCommand } from "citty";
import { toWire } from "../../contract/schemas.ts";
import { readInventory } from "../../formats/read-inventory.ts";
import { ecosystemOf, isOsvEcosystem, packageOfPurl } from "../../matching/ecosystems/ecosystem-of.ts";
import { SYSTEM_EXAMPLES, systemOfEcosystem } from "../../matching/ecosystems/system-release.ts";
import { answerScan, type DocumentToAnswer } from "../../matching/scan/answer-scan.ts";
import { explainMatch } from "../../matching/scan/explain-match.ts";
import { readConfig } from "../../server/config.ts";
import { packageVersion } from "../../server/package-root.ts";
import { noteScannedEcosystems } from "../../server/scanned-ecosystems.ts";
import { isCodedError } from "../../vocabulary/coded-error.ts";
import type { Inventory } from "../../vocabulary/component.ts";
import type { Problem } from "../../vocabulary/problem.ts";
import type { SystemRelease } from "../../vocabulary/system-release.ts";
import type { ScanAnswer } from "../../vocabulary/scan-answer.ts";
import { colours } from "../colours.ts";
import { dataDirectoryFlag, givenFlags } from "../config-flags.ts";
import { withStaged } from "../../matching/scan/staged-components.ts";
import { chooseSnapshot } from "../scan/choose-snapshot.ts";
import { exitCodeOf, FAIL_ON, type FailOn } from "../scan/exit-code.ts";
import { explanationText } from "../scan/explanation-text.ts";
import { findDocuments, type FoundDocuments } from "../scan/find-documents.ts";
import { askAsMember, readMemberAccess, type MemberAccess, type StatedAccess } from "../scan/member-answer.ts";
import { planText } from "../scan/plan-text.ts";
import { toSarif } from "../scan/sarif.ts";
import { printable } from "../printable.ts";
import { UsageError } from "../terminal-error.ts";

const FORMATS = ["table", "json", "sarif"] as const;

export const scanCommand = defineCommand({
  meta: {
    name: "scan",
    description: "What of a project is affected, and what to change. PATH: directories, files, or - for standard input",
  },
  args: {
    path: { type: "positional", description: "Directory, lockfile or SBOM; - for standard input", required: false, valueHint: "PATH…" },
    format: { type: "enum", options: [...FORMATS], description: "table, json or sarif", default: "table" },
    "fail-on": { type: "enum", options: [...FAIL_ON], description: "From which finding on the exit code is 1", default: "any" },
    why: { type: "string", description: "Explain why this id does or does not match", valueHint: "ID" },
    "allow-unknown": { type: "boolean", description: "Exit 0 instead of 3 when something could not be said" },
    release: {
      type: "string",
      description: "Whose packages dpkg's or apk's list has, where no os-release beside it says so",
      valueHint: "Debian:12",
    },
    offline: { type: "string", description: "Answer from this snapshot file only", valueHint: "SNAPSHOT" },
    server: { type: "string", description: "Take the snapshot of this server (SLUICE_SERVER)", valueHint: "URL" },
    token: {
      type: "string",
      description: "Ask --server as a member, too, with the token in this file (SLUICE_TOKEN holds the token itself)",
      valueHint: "FILE",
    },
    ...dataDirectoryFlag,
  },
  run: async ({ args }) => {
    const paths = args._.length === 0 ? ["."] : args._;
    const config = readConfig(process.env, givenFlags(args));
    const found = await findDocuments(paths, readStandardInput);
    const { documents, unreadable } = readDocuments(found, args.release === undefined ? undefined : systemNamed(args.release));
    const server = args.server ?? process.env["SLUICE_SERVER"];
    const access = accessOf(args.offline, { server, tokenFile: args.token, environmentToken: process.env["SLUICE_TOKEN"] });
    const { snapshot, warning } = await chooseSnapshot({ offline: args.offline, server, config });
    if (warning !== undefined) process.stderr.write(`sluice: ${printable(warning)}\n`);
    const answer = await answerAs(access, documents, answerScan({ snapshot, ecosystemOf, documents, unreadable, nowMs: Date.now() }));
    if (args.offline === undefined) noteScanned(config.dataDirectory, answer);
    if (args.why !== undefined) {
      const explanations = explainMatch(snapshot, ecosystemOf, documents, args.why);
      process.stdout.write(
        args.format === "json"
          ? `${JSON.stringify(explanations, undefined, 2)}\n`
          : explanationText(args.why, explanations, colours(process.stdout)),
      );
    } else {
      noteLeftOut(args.format, answer);
      process.stdout.write(rendered(args.format, answer));
    }
    return exitCodeOf(answer, { failOn: args["fail-on"] as FailOn, allowUnknown: args["allow-unknown"] === true });
  },
});

/** With a file's answer nobody is asked, as a member neither. */
function accessOf(offline: string | undefined, stated: StatedAccess): MemberAccess | undefined {
  if (offline === undefined) return readMemberAccess(stated);
  if (stated.tokenFile !== undefined)
    throw new UsageError("--token: expected no --offline beside it, since a file says nothing of what is not public yet");
  return undefined;
}

/** The public answer, for a member with what is staged beside it. */
async function answerAs(access: MemberAccess | undefined, documents: readonly DocumentToAnswer[], answer: ScanAnswer): Promise<ScanAnswer> {
  return access === undefined ? answer : withStaged(answer, await askAsMember(access, documents), documents);
}

/** SARIF is made to be uploaded: what is confidential stays out of it. */
function noteLeftOut(format: string, { staged }: ScanAnswer): void {
  const count = staged === undefined ? 0 : staged.findings.length + staged.notices.length + staged.cannotCompare.length;
  if (format === "sarif" && count > 0)
    process.stderr.write(`sluice: ${count} that are not public yet are left out of SARIF; --format json has them\n`);
}

/** A directory that cannot be written to costs only the convenience of `sluice sync` without names. */
function noteScanned(dataDirectory: string, answer: ScanAnswer): void {
  const ecosystems = answer.ecosystems.flatMap(({ ecosystem }) => (isOsvEcosystem(ecosystem) ? ecosystem : []));
  const reason = noteScannedEcosystems(dataDirectory, ecosystems);
  if (reason !== undefined) process.stderr.write(`sluice: what was scanned is not noted for the next sync: ${printable(reason)}\n`);
}

function rendered(format: string, answer: ScanAnswer): string {
  switch (format) {
    case "table":
      return planText(answer, { paint: colours(process.stdout), feedBytes: (ecosystem) => ecosystemOf(ecosystem)?.feedSize?.bytes });
    case "json":
      return `${JSON.stringify(toWire(answer), undefined, 2)}\n`;
    case "sarif":
      return `${JSON.stringify(toSarif(answer, packageVersion), undefined, 2)}\n`;
    default:
      throw new UsageError(`--format: expected one of ${FORMATS.join(", ")}, got ${JSON.stringify(format)}`);
  }
}

function systemNamed(release: string): SystemRelease {
  const system = systemOfEcosystem(release);
  if (system === undefined)
    throw new UsageError(`--release: expected a distribution and release such as ${SYSTEM_EXAMPLES}, got ${JSON.stringify(release)}`);
  return system;
}

/** A document that cannot be read costs itself only: the others are still answered. `system` goes before what was found beside a document. */
function readDocuments(
  { documents, unreadable, passedOver }: FoundDocuments,
  system: SystemRelease | undefined,
): {
  readonly documents: readonly DocumentToAnswer[];
  readonly unreadable: readonly Problem[];
} {
  const read: DocumentToAnswer[] = [];
  const failed: Problem[] = [...unreadable];
  for (const document of documents) {
    try {
      read.push({
        name: document.name,
        inventory: readInventory(system === undefined ? document : { ...document, system }, packageOfPurl),
      });
    } catch (error) {
      if (!isCodedError(error)) throw error;
      failed.push({ place: error.place === undefined ? document.name : `${document.name}: ${error.place}`, reason: error.message });
    }
  }
  return { documents: [...read, ...passedOver.map(withoutItsComponents)], unreadable: failed };
}

/** A lockfile that is not read has everything left out, so that what is said of the others is not taken for all there is. */
function withoutItsComponents({ place, reason }: Problem): DocumentToAnswer {
  const inventory: Inventory = {
    format: "not read",
    root: undefined,
    components: [],
    dependencies: new Map(),
    problems: [{ place: "all of it", reason }],
  };
  return { name: place, inventory };
}

async function readStandardInput(): Promise<Uint8Array> {
  return buffer(process.stdin);
}
