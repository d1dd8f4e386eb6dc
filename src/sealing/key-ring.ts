import { generateKeyPairSync, randomBytes } from "node:crypto";
import { readdirSync } from "node:fs";
import { join } from "node:path";
import { generateX25519Identity } from "age-encryption";
import {
  createDurably,
  makePrivateDirectory,
  readPrivateText,
  removeDurably,
  removeUnfinished,
  replaceDurably,
  sweepUnfinished,
} from "./durable-file.ts";
import { KEY_PURPOSES, type Key, type KeyDescription, type KeyPurpose, openSealedKey, sealKey, type StandingPurpose } from "./key-file.ts";
import { SealingError } from "./sealing-error.ts";

export type { Key, KeyDescription, KeyPurpose, StandingPurpose } from "./key-file.ts";

/** The installation's keys, read once; `reload` takes up what another process changed. */
export type KeyRing = {
  readonly directory: string;
  /** The newest key of a purpose: what signs, seals and digests from now on. */
  readonly current: (purpose: StandingPurpose) => Key;
  /** Those that still verify or open, newest first: the current one and its predecessors until they are retired. */
  readonly accepted: (purpose: StandingPurpose) => readonly Key[];
  /** Retired ones too: for what was signed before. */
  readonly held: (purpose: StandingPurpose) => readonly Key[];
  /** The key of one grant, made at the first call. */
  readonly grantKey: (grantId: string) => Key;
  /** The key of one grant, or undefined when it was never made or is destroyed. */
  readonly heldGrantKey: (grantId: string) => Key | undefined;
  /** Every key that is held, retired ones too, without secrets. */
  readonly list: () => readonly KeyDescription[];
  /** Makes a new current key. The old one is accepted until it is retired. */
  readonly rotate: (purpose: StandingPurpose) => Promise<Key>;
  /** From now on the key neither verifies nor opens. @throws SealingError `key-unknown`, `key-in-use` for a current key */
  readonly retire: (keyId: string) => void;
  /** Removes the key's file. @throws SealingError `key-unknown`, `key-in-use` for a current key */
  readonly destroy: (keyId: string) => Destruction;
  /** The same for one grant's key. That its file is gone already, by another process or before a crash, is no refusal. */
  readonly destroyGrantKey: (grantId: string) => Destruction;
  readonly reload: () => void;
};

/** What a destroyed key's owner can be told, and what nobody may promise. */
export type Destruction = {
  readonly keyId: string;
  readonly file: string;
  readonly destroyedMs: number;
  readonly cannotReach: readonly string[];
};

export type KeyRingOptions = {
  /** Outside the data directory and its backups. */
  readonly directory: string;
  /** 32 bytes. */
  readonly master: Uint8Array;
  readonly clock?: () => number;
};

const CANNOT_REACH = [
  "copies and backups of the directory of keys, together with the master key",
  "blocks that the file system or the drive has not yet written over, and snapshots of either",
  "the memory and swap of a process that read the key before",
  "what was opened with the key and kept in the clear",
];

/**
 * Opens the directory of keys, and makes what is missing: the directory, and a first key of every standing purpose.
 * Any number of processes may do so at once: all end up with the same keys.
 * @throws SealingError `key-store-refused`, `master-key-refused`
 */
export async function openKeyRing({ directory, master, clock = Date.now }: KeyRingOptions): Promise<KeyRing> {
  makePrivateDirectory(directory);
  sweepUnfinished(directory, Date.now());
  let keys = readKeys(directory, master);
  for (const purpose of KEY_PURPOSES) {
    if (!keys.some((key) => key.purpose === purpose)) await make(purpose, 1);
  }

  return { directory, current, accepted, held: ofPurpose, grantKey, heldGrantKey, list, rotate, retire, destroy, destroyGrantKey, reload };

  function current(purpose: StandingPurpose): Key {
    const newest = ofPurpose(purpose)[0];
    if (newest === undefined)
      throw new SealingError("key-unknown", `expected a key for ${purpose} in ${directory}, got none`, { place: directory });
    return newest;
  }

  function accepted(purpose: StandingPurpose): readonly Key[] {
    return ofPurpose(purpose).filter(({ retiredMs }) => retiredMs === undefined);
  }

  function grantKey(grantId: string): Key {
    const held = heldGrantKey(grantId);
    if (held !== undefined) return held;
    const key = described("grant", 1, new Uint8Array(randomBytes(32)), `grant-${grantId}`);
    createDurably(join(directory, fileOf(key)), sealKey(master, key));
    return take(fileOf(key));
  }

  function heldGrantKey(grantId: string): Key | undefined {
    if (!/^[A-Za-z0-9-]{1,64}$/.test(grantId)) {
      throw new SealingError("key-unknown", `expected a grant's id of letters, digits and hyphens, got ${JSON.stringify(grantId)}`);
    }
    return keys.find(({ id }) => id === `grant-${grantId}`);
  }

  function list(): readonly KeyDescription[] {
    return keys.map(({ id, purpose, sequence, createdMs, retiredMs }) => ({ id, purpose, sequence, createdMs, retiredMs }));
  }

  async function rotate(purpose: StandingPurpose): Promise<Key> {
    reload();
    return make(purpose, current(purpose).sequence + 1);
  }

  function retire(keyId: string): void {
    const key = notCurrent(keyId);
    const retired = { ...key, retiredMs: key.retiredMs ?? clock() };
    replaceDurably(join(directory, fileOf(key)), sealKey(master, retired));
    reload();
  }

  function destroy(keyId: string): Destruction {
    const key = notCurrent(keyId);
    const file = join(directory, fileOf(key));
    removeDurably(file);
    key.secret.fill(0);
    reload();
    return { keyId, file, destroyedMs: clock(), cannotReach: CANNOT_REACH };
  }

  function destroyGrantKey(grantId: string): Destruction {
    reload();
    const held = heldGrantKey(grantId);
    try {
      if (held !== undefined) return destroy(held.id);
    } catch (error) {
      if (!isGone(error)) throw error;
      reload();
    }
    const keyId = `grant-${grantId}`;
    const file = join(directory, `${keyId}.key`);
    removeUnfinished(file);
    return { keyId, file, destroyedMs: clock(), cannotReach: CANNOT_REACH };
  }

  /** What has not changed stays the same object, so that destroying it empties every use of it in this process; so does finding that another process destroyed it. */
  function reload(): void {
    const held = keys;
    keys = readKeys(directory, master).map((key) => held.find(({ id, retiredMs }) => id === key.id && retiredMs === key.retiredMs) ?? key);
    const left = new Set(keys.map(({ id }) => id));
    for (const { id, secret } of held) if (!left.has(id)) secret.fill(0);
  }

  /** Where another process was first, its key is taken. */
  async function make(purpose: StandingPurpose, sequence: number): Promise<Key> {
    const key = described(purpose, sequence, await newSecret(purpose));
    createDurably(join(directory, fileOf(key)), sealKey(master, key));
    return take(fileOf(key));
  }

  function take(file: string): Key {
    const key = readKey(directory, file, master);
    if (key === undefined)
      throw new SealingError("key-unknown", `expected ${file} in ${directory}, but it was destroyed just now`, { place: file });
    keys = [...keys, key];
    return key;
  }

  function described(purpose: KeyPurpose, sequence: number, secret: Uint8Array, id?: string): Key {
    return {
      id: id ?? `${purpose}-${sequence}-${randomBytes(4).toString("hex")}`,
      purpose,
      sequence,
      createdMs: clock(),
      retiredMs: undefined,
      secret,
    };
  }

  function ofPurpose(purpose: KeyPurpose): readonly Key[] {
    return keys.filter((key) => key.purpose === purpose).toSorted((a, b) => b.sequence - a.sequence);
  }

  function notCurrent(keyId: string): Key {
    reload();
    const key = keys.find(({ id }) => id === keyId);
    if (key === undefined)
      throw new SealingError("key-unknown", `expected the id of a key in ${directory}, got ${JSON.stringify(keyId)}`, { place: keyId });
    if (key.purpose !== "grant" && current(key.purpose).id === key.id) {
      throw new SealingError(
        "key-in-use",
        `${keyId} is the current key for ${key.purpose}; rotate first, so that another takes its place`,
        { place: keyId },
      );
    }
    return key;
  }
}

function isGone(error: unknown): boolean {
  if (error instanceof SealingError) return error.code === "key-unknown";
  return error instanceof Error && "code" in error && error.code === "ENOENT";
}

async function newSecret(purpose: StandingPurpose): Promise<Uint8Array> {
  switch (purpose) {
    case "actor":
    case "token":
      return new Uint8Array(randomBytes(32));
    case "advisory":
    case "ledger":
      return new Uint8Array(generateKeyPairSync("ed25519").privateKey.export({ format: "der", type: "pkcs8" }));
    case "sealing":
      return new TextEncoder().encode(await generateX25519Identity());
  }
}

function readKeys(directory: string, master: Uint8Array): readonly Key[] {
  return readdirSync(directory)
    .filter((name) => /^(?:actor|advisory|ledger|sealing|token|grant)-.+\.key$/.test(name))
    .flatMap((name) => readKey(directory, name, master) ?? []);
}

/** Undefined when another process has just destroyed it. */
function readKey(directory: string, file: string, master: Uint8Array): Key | undefined {
  const path = join(directory, file);
  const text = readPrivateText(path);
  if (text === undefined) return undefined;
  const key = openSealedKey(master, text, path);
  if (fileOf(key) !== file) {
    throw new SealingError("key-store-refused", `expected ${file} to hold the key of its name, got ${key.id}`, { place: path });
  }
  return key;
}

/** Named by purpose and sequence, so that two processes making the same key meet in one name. */
function fileOf({ id, purpose, sequence }: KeyDescription): string {
  return purpose === "grant" ? `${id}.key` : `${purpose}-${sequence}.key`;
}
