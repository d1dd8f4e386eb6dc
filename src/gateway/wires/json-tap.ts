import type { Json } from "../../vocabulary/json.ts";

/**
 * Picks a few members out of one JSON text that passes by in pieces split anywhere, holding nothing else. Never throws: a text
 * that is no JSON leaves the tap `broken`.
 */
export type JsonTap = {
  readonly push: (bytes: Buffer) => void;
  /** `closed` once the value is whole, whatever white space follows. */
  readonly state: () => "open" | "closed" | "broken";
  /** The value at a path such as `message.usage` or `choices.0.finish_reason`; the last one where a name stands twice. */
  readonly value: (path: string) => Json | undefined;
};

type Branch = { readonly path: string; readonly isWanted: boolean; readonly below: Map<string, Branch> };
type Level = { readonly isObject: boolean; readonly branch: Branch | undefined; index: number; name: string };

/** A value longer than this is not what is looked for. */
const LONGEST_VALUE = 16 * 1024;
const LONGEST_NAME = 256;
const MAX_DEPTH = 1024;

const QUOTE = 0x22;
const BACKSLASH = 0x5c;

export function jsonTap(paths: readonly string[]): JsonTap {
  let root = roots.get(paths);
  if (root === undefined) roots.set(paths, (root = branchesOf(paths)));
  return new Tap(root);
}

/** By the list of paths, which a wire makes once and an answer uses many times. */
const roots = new WeakMap<readonly string[], Branch>();

class Tap implements JsonTap {
  readonly #levels: Level[] = [];
  readonly #values = new Map<string, Json>();
  readonly #root: Branch;
  /** What the next byte may be: the start of a value, a member's name, what follows either, or the inside of a text or bare word. */
  #expects: "value" | "name" | "colon" | "comma" | "text" | "bare" | "nothing" = "value";
  #isName = false;
  #isEscaped = false;
  #isBroken = false;
  /** The wanted value that is being kept, and the depth at which it ends. */
  #kept: { readonly path: string; readonly depth: number } | undefined;
  #pieces: Buffer[] = [];
  #keptBytes = 0;
  #from = -1;

  constructor(root: Branch) {
    this.#root = root;
  }

  push(bytes: Buffer): void {
    if (this.#isKeeping()) this.#from = 0;
    for (let at = 0; at < bytes.length && !this.#isBroken; at++) {
      if (this.#expects === "text") at = this.#insideText(bytes, at);
      else at = this.#step(bytes, at);
    }
    if (this.#isKeeping()) this.#keepUntil(bytes, bytes.length);
  }

  state(): "open" | "closed" | "broken" {
    if (this.#isBroken) return "broken";
    return this.#expects === "nothing" ? "closed" : "open";
  }

  value(path: string): Json | undefined {
    return this.#values.get(path);
  }

  #step(bytes: Buffer, at: number): number {
    const byte = bytes[at] ?? 0;
    if (this.#expects === "bare") {
      if (isBareByte(byte)) return at;
      this.#endValue(bytes, at);
      return at - 1;
    }
    if (byte === 0x20 || byte === 0x0a || byte === 0x0d || byte === 0x09) return at;
    const level = this.#levels.at(-1);
    if (this.#expects === "value") this.#startValue(bytes, at, byte);
    else if (this.#expects === "name" && byte === QUOTE) this.#startName(level, at);
    else if (this.#expects === "name" && byte === 0x7d && level?.index === 0) this.#endContainer(bytes, at, true);
    else if (this.#expects === "colon" && byte === 0x3a) this.#expects = "value";
    else if (this.#expects === "comma" && byte === 0x2c && level !== undefined) this.#nextMember(level);
    else if (this.#expects === "comma" && (byte === 0x7d || byte === 0x5d)) this.#endContainer(bytes, at, byte === 0x7d);
    else this.#isBroken = true;
    return at;
  }

  #startValue(bytes: Buffer, at: number, byte: number): void {
    const level = this.#levels.at(-1);
    if (byte === 0x5d && level?.isObject === false && level.index === 0) return this.#endContainer(bytes, at, false);
    const branch = level === undefined ? this.#root : this.#branchBelow(level);
    if (branch?.isWanted === true && this.#kept === undefined) {
      this.#kept = { path: branch.path, depth: this.#levels.length };
      this.#pieces = [];
      this.#keptBytes = 0;
      this.#from = at;
    }
    if (byte === QUOTE) {
      this.#isName = false;
      this.#expects = "text";
    } else if (byte === 0x7b || byte === 0x5b) {
      const isObject = byte === 0x7b;
      if (this.#levels.length >= MAX_DEPTH) this.#isBroken = true;
      this.#levels.push({ isObject, branch: this.#kept === undefined ? branch : undefined, index: 0, name: "" });
      this.#expects = isObject ? "name" : "value";
    } else if (isBareByte(byte)) this.#expects = "bare";
    else this.#isBroken = true;
  }

  #branchBelow(level: Level): Branch | undefined {
    return level.branch?.below.get(level.isObject ? level.name : String(level.index));
  }

  #startName(level: Level | undefined, at: number): void {
    this.#isName = true;
    this.#expects = "text";
    if (level?.branch === undefined) return;
    this.#pieces = [];
    this.#keptBytes = 0;
    this.#from = at;
  }

  #insideText(bytes: Buffer, from: number): number {
    for (let at = from; at < bytes.length; at++) {
      if (this.#isEscaped) this.#isEscaped = false;
      else if (bytes[at] === BACKSLASH) this.#isEscaped = true;
      else if (bytes[at] === QUOTE) {
        if (this.#isName) this.#endName(bytes, at + 1);
        else this.#endValue(bytes, at + 1);
        return at;
      }
    }
    return bytes.length;
  }

  #endName(bytes: Buffer, end: number): void {
    const level = this.#levels.at(-1);
    this.#isName = false;
    this.#expects = "colon";
    if (level?.branch === undefined) return;
    this.#keepUntil(bytes, end);
    this.#from = -1;
    const name = this.#keptBytes > LONGEST_NAME ? undefined : parsed(this.#pieces);
    level.name = typeof name === "string" ? name : "";
  }

  #nextMember(level: Level): void {
    level.index++;
    this.#expects = level.isObject ? "name" : "value";
  }

  #endContainer(bytes: Buffer, at: number, isObject: boolean): void {
    const level = this.#levels.pop();
    if (level?.isObject === isObject) this.#endValue(bytes, at + 1);
    else this.#isBroken = true;
  }

  #endValue(bytes: Buffer, end: number): void {
    this.#expects = this.#levels.length === 0 ? "nothing" : "comma";
    if (this.#kept?.depth !== this.#levels.length) return;
    this.#keepUntil(bytes, end);
    this.#from = -1;
    const value = this.#keptBytes > LONGEST_VALUE ? undefined : parsed(this.#pieces);
    if (value === undefined) this.#values.delete(this.#kept.path);
    else this.#values.set(this.#kept.path, value);
    this.#kept = undefined;
  }

  #isKeeping(): boolean {
    return this.#kept !== undefined || (this.#isName && this.#levels.at(-1)?.branch !== undefined);
  }

  #keepUntil(bytes: Buffer, end: number): void {
    if (this.#from === -1) return;
    this.#keptBytes += end - this.#from;
    // Copied: the piece outlives the chunk, whose memory may be much larger.
    if (this.#keptBytes <= LONGEST_VALUE) this.#pieces.push(Buffer.from(bytes.subarray(this.#from, end)));
  }
}

function parsed(pieces: readonly Buffer[]): Json | undefined {
  try {
    return JSON.parse(Buffer.concat(pieces).toString("utf8")) as Json;
  } catch {
    // Not JSON after all: then the value is not known, which is what undefined says.
    return undefined;
  }
}

/** Letters, digits and signs that numbers and words are made of. */
function isBareByte(byte: number): boolean {
  return (
    (byte >= 0x30 && byte <= 0x39) || (byte >= 0x61 && byte <= 0x7a) || byte === 0x2d || byte === 0x2b || byte === 0x2e || byte === 0x45
  );
}

function branchesOf(paths: readonly string[]): Branch {
  const root: Branch = { path: "", isWanted: false, below: new Map() };
  for (const path of paths) {
    let branch = root;
    const names = path.split(".");
    for (const [index, name] of names.entries()) {
      const next = branch.below.get(name) ?? {
        path: names.slice(0, index + 1).join("."),
        isWanted: index === names.length - 1,
        below: new Map<string, Branch>(),
      };
      branch.below.set(name, next);
      branch = next;
    }
  }
  return root;
}
