import { readFile } from "node:fs/promises";
import { defineCommand } from "citty";
import { readLedger, restartLedger } from "../../contract/endpoints/ledger.ts";
import { isAdvisorySigned, parseAdvisoryKeys } from "../../sealing/advisory-signature.ts";
import { checkRecord, parseRevisions, verifyRevisions } from "../../sealing/published-revision.ts";
import { parseReceipt, verifyReceipt } from "../../sealing/receipt.ts";
import { SealingError } from "../../sealing/sealing-error.ts";
import { parseVerifierKey, type VerifierKey } from "../../sealing/signed-note.ts";
import { verifyLog } from "../../sealing/verify-log.ts";
import { type Config, readConfig } from "../../server/config.ts";
import { CodedError } from "../../vocabulary/coded-error.ts";
import { counted } from "../age-words.ts";
import { colours } from "../colours.ts";
import { dataDirectoryFlag, givenFlags } from "../config-flags.ts";
import { keepCheckpoint } from "../ledger/keep-checkpoint.ts";
import { fetchBytes, openLogSource } from "../ledger/log-source.ts";
import { logLines, receiptLines, revisionLines } from "../ledger/verify-words.ts";
import { printableLine } from "../printable.ts";
import { reachServer } from "../reach-server.ts";
import { UsageError } from "../terminal-error.ts";

const EXIT_DOES_NOT_HOLD = 1;

export const ledgerCommand = defineCommand({
  meta: {
    name: "ledger",
    description:
      "Verify receipts offline, or a whole ledger at its address: sluice ledger verify receipt.json, sluice ledger verify https://HOST/ledger/",
  },
  args: {
    action: {
      type: "positional",
      description: "verify; or restart, which ends this installation's ledger and goes on under another name",
      required: true,
      valueHint: "verify|restart",
    },
    what: { type: "positional", description: "For verify: receipts, or the address of a ledger", required: false, valueHint: "FILE|URL" },
    ...dataDirectoryFlag,
    key: { type: "string", description: "The ledger's verifier key, from somewhere you trust; several with commas", valueHint: "VKEY" },
    witness: { type: "string", description: "Verifier keys of witnesses you trust, with commas", valueHint: "VKEY" },
    record: {
      type: "string",
      description: "With an advisory's revisions: the record, which must be the newest of them byte for byte",
      valueHint: "FILE",
    },
    "advisory-key": {
      type: "string",
      description: "With --record: public keys in PEM, one of which must have signed it",
      valueHint: "FILE",
    },
    since: { type: "string", description: "A checkpoint kept earlier, which the ledger must continue", valueHint: "FILE" },
    keep: { type: "string", description: "Where to write the newest checkpoint", valueHint: "FILE" },
  },
  run: async ({ args }) => {
    const what = args._.slice(1);
    if (args.action === "restart" && what.length === 0) return restart(readConfig(process.env, givenFlags(args)));
    if (args.action !== "verify" || what.length === 0) {
      throw new UsageError(`expected sluice ledger verify FILE|URL, or sluice ledger restart, got ${JSON.stringify(args._.join(" "))}`);
    }
    const witnesses = keysOf(args.witness, "--witness");
    const address = addressOf(what);
    try {
      if (address === undefined)
        await verifyFiles(what, { log: neededKeys(args.key), witnesses }, { record: args.record, advisoryKey: args["advisory-key"] });
      else await verifyWhole(address, { key: args.key, witnesses, since: args.since, keep: args.keep });
      return 0;
    } catch (error) {
      if (!(error instanceof SealingError)) throw error;
      const place = error.place === undefined ? "" : `${printableLine(error.place)}: `;
      process.stderr.write(`${colours(process.stderr).bad("Does not hold:")} ${place}${printableLine(error.message)}\n`);
      return EXIT_DOES_NOT_HOLD;
    }
  },
});

async function restart(config: Config): Promise<number> {
  const server = await reachServer(config);
  try {
    const { ended, origin, size } = await server.client(restartLedger, {});
    print([
      `${printableLine(ended)} has ended`,
      `${printableLine(origin)} goes on with its ${counted(size, "leaf", "leaves")}`,
      "Receipts of the ended ledger stay valid for what they prove. Tell its witnesses, and whoever verifies it, the new name and verifier key",
    ]);
    return 0;
  } finally {
    await server.close();
  }
}

type WholeOptions = {
  readonly key: string | undefined;
  readonly witnesses: readonly VerifierKey[];
  readonly since: string | undefined;
  readonly keep: string | undefined;
};

async function verifyWhole(address: URL, { key, witnesses, since, keep }: WholeOptions): Promise<void> {
  const log = key === undefined ? await keysFromServer(address) : keysOf(key, "--key");
  const earlier = since === undefined ? undefined : await textOf(since);
  const verified = await verifyLog(openLogSource(address), { log, witnesses }, earlier);
  if (keep !== undefined) await keepCheckpoint(keep, verified.text);
  print(logLines(verified, earlier !== undefined));
}

type Trusted = { readonly log: readonly VerifierKey[]; readonly witnesses: readonly VerifierKey[] };

type Published = { readonly record: string | undefined; readonly advisoryKey: string | undefined };

async function verifyFiles(files: readonly string[], trusted: Trusted, { record, advisoryKey }: Published): Promise<void> {
  if (advisoryKey !== undefined && record === undefined)
    throw new UsageError("--advisory-key: expected --record FILE, the record that was signed");
  const signers = advisoryKey === undefined ? undefined : parseAdvisoryKeys(await textOf(advisoryKey));
  for (const file of files) {
    const text = await textOf(file);
    const revisions = parseRevisions(text);
    if (revisions === undefined) {
      if (record !== undefined) throw new UsageError(`--record: expected the revisions of an advisory, got a receipt in ${file}`);
      print(receiptLines(verifyReceipt(parseReceipt(text), trusted)));
      continue;
    }
    const verified = verifyRevisions(revisions, trusted);
    const newest = verified.at(-1);
    if (newest === undefined) throw new SealingError("proof-refused", "the ledger has no revision of this advisory", { place: file });
    const bytes = record === undefined ? undefined : await bytesOf(record);
    if (bytes !== undefined) checkRecord(newest, bytes);
    if (
      bytes !== undefined &&
      signers !== undefined &&
      !newest.signatures.some((signature) => isAdvisorySigned(bytes, signature, signers))
    ) {
      throw new SealingError(
        "proof-refused",
        `no signature over revision ${newest.version} of ${newest.id} is by a key of ${advisoryKey}`,
        { place: file },
      );
    }
    print(revisionLines(verified, { isRecordChecked: bytes !== undefined, isSigned: signers !== undefined }));
  }
}

/** Better than nothing: a server that changes its key from one day to the next is found out by whoever kept a checkpoint. */
async function keysFromServer(address: URL): Promise<readonly VerifierKey[]> {
  const answer = readLedger.answer.safeParse(JSON.parse(new TextDecoder().decode(await fetchBytes(new URL("/api/ledger", address)))));
  if (!answer.success)
    throw new CodedError("feed-invalid", "expected what /api/ledger of a Sluice server answers", { place: address.href });
  process.stderr.write("The verifier key is taken from the server itself. Give --key from another source to know whose ledger this is\n");
  return answer.data.verifierKeys.map((text) => keyOf(text, address.href));
}

function addressOf(what: readonly string[]): URL | undefined {
  const addresses = what.filter((word) => /^https?:\/\//.test(word)).map((word) => URL.parse(word));
  const [address] = addresses;
  if (address === undefined) return undefined;
  if (address === null || what.length > 1) throw new UsageError("expected one address of a ledger, or files of receipts");
  return address;
}

function neededKeys(text: string | undefined): readonly VerifierKey[] {
  if (text === undefined)
    throw new UsageError(
      "--key: expected the ledger's verifier key. Its page and GET /api/ledger show it; take it from a source you trust",
    );
  return keysOf(text, "--key");
}

function keysOf(text: string | undefined, place: string): readonly VerifierKey[] {
  return (text ?? "")
    .split(",")
    .map((part) => part.trim())
    .filter((part) => part !== "")
    .map((part) => keyOf(part, place));
}

function keyOf(text: string, place: string): VerifierKey {
  try {
    return parseVerifierKey(text);
  } catch (error) {
    if (error instanceof SealingError) throw new CodedError("input-invalid", `${place}: ${error.message}`, { cause: error, place });
    throw error;
  }
}

async function textOf(file: string): Promise<string> {
  return new TextDecoder().decode(await bytesOf(file));
}

async function bytesOf(file: string): Promise<Uint8Array> {
  try {
    return await readFile(file);
  } catch (cause) {
    throw new CodedError(
      "input-invalid",
      `expected a file that can be read, got ${cause instanceof Error ? cause.message : String(cause)}`,
      { cause, place: file },
    );
  }
}

function print(lines: readonly string[]): void {
  process.stdout.write(`${lines.join("\n")}\n`);
}
