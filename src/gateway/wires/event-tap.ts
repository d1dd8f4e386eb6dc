import type { Json } from "../../vocabulary/json.ts";
import { jsonTap, type JsonTap } from "./json-tap.ts";

/** What one event of a stream means to the reader of its usage. */
export type EventMeaning = {
  /** `read`: its data says something wanted. `last`: it does if no other follows. `skip`: not looked into. */
  readonly data: "read" | "last" | "skip";
  /** The wire's own end, or an error that upstream reports in the stream. */
  readonly ends?: "complete" | "error";
};

export type EventRules = {
  /** What is read from the data of events, as paths into its JSON. */
  readonly paths: readonly string[];
  /** By the event's name ("" when it has none) and the first bytes of its data. Called once an event, so it must be quick. */
  readonly meaningOf: (name: string, dataStart: string) => EventMeaning;
};

/** Reads a few members out of a server-sent event stream that passes by in pieces split anywhere. Never throws. */
export type EventTap = {
  readonly push: (bytes: Buffer) => void;
  readonly end: () => { readonly end: "complete" | "error" | "truncated"; readonly value: (path: string) => Json | undefined };
};

const NEWLINE = 0x0a;
const RETURN = 0x0d;
/** A line up to here is held until it is whole; a longer one is read as it passes. */
const LONGEST_HELD = 64 * 1024;
/** Enough to know an event by. */
const DATA_START = 64;
/** The wires that state usage only at the end do so in the last event or the one before their terminator. */
const LAST_EVENTS = 3;

export function eventTap(rules: EventRules): EventTap {
  return new Tap(rules);
}

class Tap implements EventTap {
  readonly #rules: EventRules;
  readonly #values = new Map<string, Json>();
  #name = "";
  #end: "complete" | "error" | "truncated" = "truncated";
  #pieces: Buffer[] = [];
  #held = 0;
  /** Set while a line too long to hold passes: its tap, or none when it is not looked into. */
  #passing: { readonly tap: JsonTap | undefined; readonly ends: EventMeaning["ends"] } | undefined;
  #first: Buffer | undefined;
  #last: Buffer[] = [];

  constructor(rules: EventRules) {
    this.#rules = rules;
  }

  push(bytes: Buffer): void {
    let from = 0;
    for (let newline = bytes.indexOf(NEWLINE); newline !== -1; newline = bytes.indexOf(NEWLINE, from)) {
      this.#take(bytes.subarray(from, newline));
      this.#endLine();
      from = newline + 1;
    }
    if (from < bytes.length) this.#take(Buffer.from(bytes.subarray(from)));
  }

  end(): ReturnType<EventTap["end"]> {
    // A terminator is whole without its line's end; JSON is only when its own end was seen.
    if (this.#passing === undefined) this.#wholeLine(Buffer.concat(this.#pieces), true);
    else this.#endLine();
    for (const data of [this.#first, ...this.#last]) {
      if (data !== undefined) this.#read(data);
    }
    return { end: this.#end, value: (path) => this.#values.get(path) };
  }

  #take(bytes: Buffer): void {
    if (this.#passing !== undefined) {
      this.#passing.tap?.push(bytes);
      return;
    }
    this.#pieces.push(bytes);
    this.#held += bytes.length;
    if (this.#held > LONGEST_HELD) this.#startPassing();
  }

  #startPassing(): void {
    const line = Buffer.concat(this.#pieces);
    this.#pieces = [];
    this.#held = 0;
    const data = dataOf(line);
    const meaning = data === undefined ? undefined : this.#meaningOf(data);
    const tap = meaning?.data === "read" ? jsonTap(this.#rules.paths) : undefined;
    if (data !== undefined) tap?.push(data);
    this.#passing = { tap, ends: meaning?.ends };
  }

  #endLine(): void {
    if (this.#passing === undefined) {
      const line = this.#pieces.length === 1 ? (this.#pieces[0] ?? Buffer.alloc(0)) : Buffer.concat(this.#pieces);
      this.#pieces = [];
      this.#held = 0;
      this.#wholeLine(line.at(-1) === RETURN ? line.subarray(0, -1) : line, false);
      return;
    }
    const { tap, ends } = this.#passing;
    this.#passing = undefined;
    if (tap !== undefined) this.#keep(tap);
    if (tap === undefined || tap.state() === "closed") this.#setEnd(ends);
  }

  #wholeLine(line: Buffer, isCut: boolean): void {
    if (line.length === 0) {
      this.#name = "";
      return;
    }
    if (startsWith(line, EVENT)) this.#name = isCut ? "" : line.toString("latin1", EVENT.length, EVENT.length + DATA_START).trim();
    const data = dataOf(line);
    if (data === undefined) return;
    const meaning = this.#meaningOf(data);
    if (meaning.data === "last") this.#hold(data);
    const isWhole = meaning.data !== "read" || this.#read(data);
    if (isWhole) this.#setEnd(meaning.ends);
  }

  #meaningOf(data: Buffer): EventMeaning {
    return this.#rules.meaningOf(this.#name, data.toString("latin1", 0, DATA_START));
  }

  #hold(data: Buffer): void {
    // Copied: what is held outlives the chunk, whose memory may be much larger.
    if (this.#first === undefined) this.#first = Buffer.from(data);
    else this.#last.push(Buffer.from(data));
    if (this.#last.length > LAST_EVENTS) this.#last.shift();
  }

  #read(data: Buffer): boolean {
    const tap = jsonTap(this.#rules.paths);
    tap.push(data);
    this.#keep(tap);
    return tap.state() === "closed";
  }

  #keep(tap: JsonTap): void {
    if (tap.state() !== "closed") return;
    for (const path of this.#rules.paths) {
      const value = tap.value(path);
      if (value !== undefined && value !== null) this.#values.set(path, value);
    }
  }

  #setEnd(ends: EventMeaning["ends"]): void {
    if (ends !== undefined && this.#end !== "error") this.#end = ends;
  }
}

/** An event's kind: its name, or the type its data starts with where a server sends no names. */
export function eventType(name: string, dataStart: string): string {
  return name === "" ? (/^\{\s*"type"\s*:\s*"([\w.]{1,50})"/.exec(dataStart)?.[1] ?? "") : name;
}

const EVENT = Buffer.from("event:");
const DATA = Buffer.from("data:");

function dataOf(line: Buffer): Buffer | undefined {
  if (!startsWith(line, DATA)) return undefined;
  return line.subarray(line[DATA.length] === 0x20 ? DATA.length + 1 : DATA.length);
}

function startsWith(line: Buffer, start: Buffer): boolean {
  return line.length >= start.length && line.compare(start, 0, start.length, 0, start.length) === 0;
}
