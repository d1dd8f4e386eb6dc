import { homedir } from "node:os";
import { join, resolve } from "node:path";
import { SealingError } from "../sealing/sealing-error.ts";
import { parseVerifierKey, SIGNATURE_TYPES, type VerifierKey } from "../sealing/signed-note.ts";
import { CodedError } from "../vocabulary/coded-error.ts";
import { isClone, packageRoot } from "./package-root.ts";

/** The model gateway that `sluice serve` starts beside the server. */
export type BesideGateway = {
  readonly host: string;
  readonly port: number;
  /** Where evaluators' tools reach it; undefined = nobody has said. */
  readonly url: string | undefined;
};

/** Everything that is set from outside, read once at the start. */
export type Config = {
  readonly port: number;
  readonly host: string;
  /** Absolute. Holds the embedded database, the snapshot, the local door and the log of syncs. */
  readonly dataDirectory: string;
  /** Absolute. Holds the sealed keys; undefined = beside the data directory (`keysDirectoryOf`). */
  readonly keysDirectory: string | undefined;
  /** 32 bytes in base64 that seal the keys at rest; undefined = the file below holds them. */
  readonly masterKey: string | undefined;
  /** Absolute; undefined = `master.key` in the keys directory. */
  readonly masterKeyFile: string | undefined;
  /** Seconds between batches of the ledger. */
  readonly ledgerEverySeconds: number;
  /** Confidential leaves in each batch, statements and padding together. */
  readonly ledgerBatchLeaves: number;
  /** Independent servers that cosign the ledger. */
  readonly witnesses: readonly Witness[];
  /** The address people use; undefined = made from host and port. */
  readonly publicUrl: string | undefined;
  readonly tls: { readonly certificateFile: string; readonly keyFile: string } | undefined;
  /** Undefined = the embedded database. */
  readonly databaseUrl: string | undefined;
  /** The same database by the login that requests use, which owns nothing; undefined = `databaseUrl` serves them too. */
  readonly databaseRequestUrl: string | undefined;
  readonly logLevel: "debug" | "info" | "warn" | "error" | "silent";
  /** Restores the empty answer on the wire where the data cannot say "nothing found". */
  readonly emptyAnswerWithoutEvidence: boolean;
  /** Requests a minute from one address before 429. */
  readonly requestsPerMinute: number;
  /** Hours between scheduled syncs; 0 = none. */
  readonly syncEveryHours: number;
  /** Base of the public OSV feed. */
  readonly osvFeedUrl: string;
  readonly kevFeedUrl: string;
  /** Private addresses that feeds may be fetched from all the same: host names, exact. */
  readonly allowedPrivateHosts: readonly string[];
  /** Undefined = none is started. */
  readonly gateway: BesideGateway | undefined;
  /** How mail goes out; undefined = none does. */
  readonly mail: { readonly url: string; readonly from: string } | undefined;
};

export type Witness = { readonly key: VerifierKey; readonly url: URL };

export type Environment = Readonly<Record<string, string | undefined>>;

/** Flags of a command win over the environment. @throws CodedError `input-invalid` naming the variable. */
export function readConfig(environment: Environment, flags: Partial<Config> = {}): Config {
  const certificateFile = environment["TLS_CERT_FILE"];
  const keyFile = environment["TLS_KEY_FILE"];
  if ((certificateFile === undefined) !== (keyFile === undefined)) {
    throw new CodedError("input-invalid", "expected both TLS_CERT_FILE and TLS_KEY_FILE, or neither");
  }
  if (textOrNone(environment, "DATABASE_REQUEST_URL") !== undefined && textOrNone(environment, "DATABASE_URL") === undefined) {
    throw new CodedError("input-invalid", "DATABASE_REQUEST_URL: expected DATABASE_URL beside it, the same database as its owner");
  }
  const fromEnvironment: Config = {
    port: wholeNumber(environment, "PORT", 8080, 0, 65_535),
    host: environment["HOST"] ?? "127.0.0.1",
    dataDirectory: resolve(environment["DATA_DIR"] ?? defaultDataDirectory(environment)),
    keysDirectory: pathOrNone(environment, "SLUICE_KEYS_DIR") ?? defaultKeysDirectory(environment, flags),
    masterKey: textOrNone(environment, "SLUICE_KEY"),
    masterKeyFile: pathOrNone(environment, "SLUICE_KEY_FILE"),
    ledgerEverySeconds: wholeNumber(environment, "SLUICE_LEDGER_EVERY_SECONDS", 600, 1, 86_400),
    ledgerBatchLeaves: wholeNumber(environment, "SLUICE_LEDGER_BATCH_LEAVES", 32, 1, 4096),
    witnesses: witnessesIn(environment, "SLUICE_WITNESSES"),
    publicUrl: url(environment, "PUBLIC_URL"),
    tls: certificateFile === undefined || keyFile === undefined ? undefined : { certificateFile, keyFile },
    databaseUrl: environment["DATABASE_URL"],
    databaseRequestUrl: environment["DATABASE_REQUEST_URL"],
    logLevel: oneOf(environment, "LOG_LEVEL", ["debug", "info", "warn", "error", "silent"], "warn"),
    emptyAnswerWithoutEvidence: oneOf(environment, "EMPTY_ANSWER_WITHOUT_EVIDENCE", ["true", "false"], "false") === "true",
    requestsPerMinute: wholeNumber(environment, "REQUESTS_PER_MINUTE", 6000, 1, 10_000_000),
    syncEveryHours: wholeNumber(environment, "SYNC_EVERY_HOURS", 6, 0, 24 * 7),
    osvFeedUrl: url(environment, "OSV_FEED_URL") ?? "https://osv-vulnerabilities.storage.googleapis.com/",
    kevFeedUrl: url(environment, "KEV_FEED_URL") ?? "https://www.cisa.gov/sites/default/files/feeds/known_exploited_vulnerabilities.json",
    allowedPrivateHosts: (environment["ALLOWED_PRIVATE_HOSTS"] ?? "").split(",").filter((host) => host !== ""),
    gateway: gateway(environment),
    mail: mail(environment),
  };
  return { ...fromEnvironment, ...flags };
}

/** A clone keeps its data in itself, so that deleting it leaves nothing; an installed package keeps it where this system's users expect it. */
function defaultDataDirectory(environment: Environment): string {
  if (isClone) return join(packageRoot, ".sluice");
  if (process.platform === "win32") return join(environment["LOCALAPPDATA"] ?? join(homedir(), "AppData", "Local"), "sluice");
  if (process.platform === "darwin") return join(homedir(), "Library", "Application Support", "sluice");
  return join(environment["XDG_DATA_HOME"] ?? join(homedir(), ".local", "share"), "sluice");
}

/** Where the sealed keys are: never inside the data directory, so that a copy of that opens nothing. */
export function keysDirectoryOf({ keysDirectory, dataDirectory }: Pick<Config, "keysDirectory" | "dataDirectory">): string {
  return keysDirectory ?? `${dataDirectory}-keys`;
}

/** Beside the data directory in a clone and wherever that was chosen; else where this system's users expect settings. */
function defaultKeysDirectory(environment: Environment, flags: Partial<Config>): string | undefined {
  if (isClone || environment["DATA_DIR"] !== undefined || flags.dataDirectory !== undefined) return undefined;
  if (process.platform === "win32") return join(environment["APPDATA"] ?? join(homedir(), "AppData", "Roaming"), "sluice", "keys");
  if (process.platform === "darwin") return join(homedir(), "Library", "Preferences", "sluice", "keys");
  return join(environment["XDG_CONFIG_HOME"] ?? join(homedir(), ".config"), "sluice", "keys");
}

/** `<verifier key> <address>`, several separated by commas. */
function witnessesIn(environment: Environment, name: string): readonly Witness[] {
  return (textOrNone(environment, name) ?? "")
    .split(",")
    .map((entry) => entry.trim())
    .filter((entry) => entry !== "")
    .map((entry) => {
      const [keyText = "", address = "", ...more] = entry.split(/\s+/);
      const witnessUrl = URL.parse(address);
      if (witnessUrl === null || !/^https?:$/.test(witnessUrl.protocol) || more.length > 0)
        throw new CodedError(
          "input-invalid",
          `${name}: expected \`<verifier key> <http or https URL>\` for each witness, got ${JSON.stringify(entry)}`,
        );
      return { key: witnessKey(keyText, name), url: witnessUrl };
    });
}

function witnessKey(text: string, name: string): VerifierKey {
  try {
    const key = parseVerifierKey(text);
    if (key.type !== SIGNATURE_TYPES.ed25519) return key;
    throw new CodedError(
      "input-invalid",
      `${name}: expected the key of a witness (type 4 or 6), got one that signs notes, ${JSON.stringify(text)}`,
    );
  } catch (error) {
    if (error instanceof SealingError) throw new CodedError("input-invalid", `${name}: ${error.message}`, { cause: error });
    throw error;
  }
}

function textOrNone(environment: Environment, name: string): string | undefined {
  const text = environment[name];
  return text === "" ? undefined : text;
}

function pathOrNone(environment: Environment, name: string): string | undefined {
  const text = textOrNone(environment, name);
  return text === undefined ? undefined : resolve(text);
}

function gateway(environment: Environment): BesideGateway | undefined {
  if (oneOf(environment, "SLUICE_GATEWAY", ["on", "off"], "on") === "off") return undefined;
  const host = textOrNone(environment, "GATEWAY_HOST") ?? "127.0.0.1";
  const port = wholeNumber(environment, "GATEWAY_PORT", 8788, 0, 65_535);
  // People elsewhere are not told of an address that is good on this machine alone.
  const isLocal = url(environment, "PUBLIC_URL") === undefined && port > 0;
  return { host, port, url: url(environment, "GATEWAY_URL") ?? (isLocal ? `http://localhost:${port}` : undefined) };
}

function mail(environment: Environment): Config["mail"] {
  const url = environment["SMTP_URL"];
  if (url === undefined || url === "") return undefined;
  const host = URL.parse(environment["PUBLIC_URL"] ?? "")?.hostname;
  const from = environment["MAIL_FROM"] ?? (host === undefined ? undefined : `sluice@${host}`);
  if (from === undefined)
    throw new CodedError(
      "input-invalid",
      "MAIL_FROM: expected the address that mail comes from, since SMTP_URL is set and PUBLIC_URL is not",
    );
  return { url, from };
}

function wholeNumber(environment: Environment, name: string, fallback: number, min: number, max: number): number {
  const text = environment[name];
  if (text === undefined || text === "") return fallback;
  const value = /^\d{1,9}$/.test(text) ? Number(text) : Number.NaN;
  if (!(value >= min && value <= max))
    throw new CodedError("input-invalid", `${name}: expected a whole number from ${min} to ${max}, got ${JSON.stringify(text)}`);
  return value;
}

function oneOf<T extends string>(environment: Environment, name: string, allowed: readonly T[], fallback: T): T {
  const text = environment[name];
  if (text === undefined || text === "") return fallback;
  const found = allowed.find((value) => value === text);
  if (found === undefined)
    throw new CodedError("input-invalid", `${name}: expected one of ${allowed.join(", ")}, got ${JSON.stringify(text)}`);
  return found;
}

function url(environment: Environment, name: string): string | undefined {
  const text = environment[name];
  if (text === undefined || text === "") return undefined;
  const parsed = URL.parse(text);
  if (parsed === null || !/^https?:$/.test(parsed.protocol))
    throw new CodedError("input-invalid", `${name}: expected an http or https URL, got ${JSON.stringify(text)}`);
  return parsed.href;
}
