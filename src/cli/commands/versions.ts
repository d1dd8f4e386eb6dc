import { createReadStream } from "node:fs";
import { defineCommand } from "citty";
import { baseEcosystemName, ecosystemMeant, ecosystemOf } from "../../matching/ecosystems/ecosystem-of.ts";
import { baseEcosystemNames } from "../../matching/ecosystems/osv-ecosystems.ts";
import { whyWithoutOrder } from "../../matching/ecosystems/without-order.ts";
import { orderOf, type Order } from "../../matching/versions/encode-version.ts";
import { type OrderStatement, parseOrderStatement } from "../../matching/versions/order-statement.ts";
import type { CannotEncode } from "../../matching/versions/version-scheme.ts";
import { CodedError, isCodedError } from "../../vocabulary/coded-error.ts";
import { printable } from "../printable.ts";
import { UsageError } from "../terminal-error.ts";

const EXIT_DISAGREES = 1;
const EXIT_CANNOT_COMPARE = 3;

/** Far above any list of statements; below what a process can hold. */
const MAX_BYTES = 256 * 1024 * 1024;

export type VersionsArgs = {
  readonly ecosystem: string;
  /** Two versions, unless `check` names a file of statements; `-` is standard input. */
  readonly versions: readonly string[];
  readonly check: string | undefined;
};

/** Where the command's words go and its statements come from. */
export type VersionsIo = {
  readonly stdout: (text: string) => void;
  readonly readFile: (path: string) => Promise<Uint8Array>;
  readonly readStdin: () => Promise<Uint8Array>;
};

export const versionsCommand = defineCommand({
  meta: { name: "versions", description: "Compare two versions as their ecosystem does" },
  args: {
    ecosystem: { type: "string", required: true, description: "OSV name of the ecosystem, such as npm or Debian:12", valueHint: "NAME" },
    check: { type: "string", description: "File of lines A < B, A = B or A > B to check; - is standard input", valueHint: "FILE" },
    a: { type: "positional", required: false, description: "One version" },
    b: { type: "positional", required: false, description: "The other" },
  },
  run: ({ args }) =>
    runVersions(
      { ecosystem: args.ecosystem, versions: args._, check: args.check },
      {
        stdout: (text) => void process.stdout.write(text),
        readFile: (path) => readWhole(createReadStream(path), path),
        readStdin: () => readWhole(process.stdin, "stdin"),
      },
    ),
});

/**
 * Says how two versions stand (exit code 0, or 3 when they cannot be compared), or checks a file of statements
 * (1 when one disagrees, otherwise 3 when one cannot be compared, otherwise 0).
 * @throws UsageError for arguments that do not go together; CodedError `document-invalid` with file and line
 */
export async function runVersions({ ecosystem: name, versions, check }: VersionsArgs, io: VersionsIo): Promise<number> {
  const compare = comparisonOf(name);
  if (check !== undefined) {
    if (versions.length > 0) throw new UsageError("expected --check FILE or two versions, got both");
    const place = check === "-" ? "stdin" : check;
    return checkStatements(await (check === "-" ? io.readStdin() : io.readFile(check)), place, compare, io.stdout);
  }
  const [a, b, ...more] = versions;
  if (a === undefined || b === undefined || more.length > 0) {
    throw new UsageError(
      `expected two versions, or --check FILE; got ${versions.length === 1 ? "one version" : `${versions.length} versions`}`,
    );
  }
  const order = compare(a, b);
  io.stdout(`${typeof order === "string" ? order : `cannot compare: ${printable(order.reason)}`}\n`);
  return typeof order === "string" ? 0 : EXIT_CANNOT_COMPARE;
}

type Comparison = (a: string, b: string) => Order | CannotEncode;

/** Without an order two versions are the same when their texts are, as an advisory's list is read. */
function comparisonOf(name: string): Comparison {
  const ecosystem = ecosystemOf(name);
  if (ecosystem !== undefined) return (a, b) => orderOf(a, b, ecosystem.scheme);
  const names: readonly string[] = [...baseEcosystemNames, "GIT"];
  if (!names.includes(baseEcosystemName(name))) {
    const meant = ecosystemMeant(name) ?? names.join(", ");
    throw new UsageError(`--ecosystem: expected an ecosystem as OSV names it (${meant}), got ${JSON.stringify(name)}`);
  }
  const reason = whyWithoutOrder(name);
  return (a, b) => (a === b ? "=" : { reason });
}

function checkStatements(bytes: Uint8Array, place: string, compare: Comparison, stdout: VersionsIo["stdout"]): number {
  const statements = readStatements(bytes, place);
  let agree = 0;
  let disagree = 0;
  let cannotCompare = 0;
  for (const { line, a, order: stated, b } of statements) {
    const order = compare(a, b);
    if (order === stated) {
      agree++;
      continue;
    }
    if (typeof order === "string") disagree++;
    else cannotCompare++;
    const answer = typeof order === "string" ? `we say ${order}` : `cannot compare: ${order.reason}`;
    stdout(`${printable(`${place}:${line}: ${a} ${stated} ${b}: ${answer}`)}\n`);
  }
  stdout(`${agree} agree, ${disagree} disagree, ${cannotCompare} cannot compare\n`);
  if (disagree > 0) return EXIT_DISAGREES;
  return cannotCompare > 0 ? EXIT_CANNOT_COMPARE : 0;
}

function readStatements(bytes: Uint8Array, place: string): readonly (OrderStatement & { readonly line: number })[] {
  const found: (OrderStatement & { line: number })[] = [];
  for (const [index, text] of decoded(bytes, place).split("\n").entries()) {
    const statement = parseOrderStatement(text);
    if (statement === undefined) {
      throw new CodedError("document-invalid", `expected A < B, A = B or A > B, got ${JSON.stringify(text.trim().slice(0, 100))}`, {
        place: `${place}:${index + 1}`,
      });
    }
    if (statement !== "nothing") found.push({ ...statement, line: index + 1 });
  }
  return found;
}

function decoded(bytes: Uint8Array, place: string): string {
  try {
    return new TextDecoder("utf-8", { fatal: true }).decode(bytes);
  } catch (cause) {
    throw new CodedError("document-invalid", "expected UTF-8 text, found bytes that are not", { place, cause });
  }
}

async function readWhole(stream: AsyncIterable<Uint8Array>, place: string): Promise<Uint8Array> {
  const chunks: Uint8Array[] = [];
  let length = 0;
  try {
    for await (const chunk of stream) {
      length += chunk.length;
      if (length > MAX_BYTES) throw new CodedError("document-too-large", `expected at most ${MAX_BYTES} bytes`, { place });
      chunks.push(chunk);
    }
  } catch (cause) {
    if (isCodedError(cause)) throw cause;
    throw new CodedError("input-invalid", `cannot be read: ${cause instanceof Error ? cause.message : String(cause)}`, { place, cause });
  }
  return Buffer.concat(chunks);
}
