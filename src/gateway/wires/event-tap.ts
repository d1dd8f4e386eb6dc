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
  /** By the event's name ("" when it has none) and its data, or the beginning of it. Called once an event, so it must be quick. */
  readonly meaningOf: (name: string, data: Buffer) => EventMeaning;
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
      if (this.#held === 0 && this.#passing === undefined) this.#wholeLine(bytes, from, newline, false);
      else {
        this.#take(bytes.subarray(from, newline));
        this.#endLine();
      }
      from = newline + 1;
    }
    if (from < bytes.length) this.#take(bytes.subarray(from));
  }

  end(): ReturnType<EventTap["end"]> {
    // A terminator is whole without its line's end; JSON is only when its own end was seen.
    if (this.#passing === undefined) this.#wholeLine(Buffer.concat(this.#pieces), 0, this.#held, true);
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
    const data = isField(line, 0, line.length, DATA) ? line.subarray(dataStart(line, 0)) : undefined;
    const meaning = data === undefined ? undefined : this.#rules.meaningOf(this.#name, data);
    const tap = meaning?.data === "read" ? jsonTap(this.#rules.paths) : undefined;
    if (data !== undefined) tap?.push(data);
    this.#passing = { tap, ends: meaning?.ends };
  }

  #endLine(): void {
    if (this.#passing === undefined) {
      const line = Buffer.concat(this.#pieces);
      this.#pieces = [];
      this.#held = 0;
      this.#wholeLine(line, 0, line.length, false);
      return;
    }
    const { tap, ends } = this.#passing;
    this.#passing = undefined;
    if (tap !== undefined) this.#keep(tap);
    if (tap === undefined || tap.state() === "closed") this.#setEnd(ends);
  }

  #wholeLine(bytes: Buffer, start: number, newline: number, isCut: boolean): void {
    const end = newline > start && bytes[newline - 1] === RETURN ? newline - 1 : newline;
    if (end === start) this.#name = "";
    else if (isField(bytes, start, end, DATA)) this.#wholeData(bytes.subarray(dataStart(bytes, start), end));
    else if (isField(bytes, start, end, EVENT)) this.#name = isCut ? "" : bytes.toString("latin1", start + EVENT.length, end).trim();
  }

  #wholeData(data: Buffer): void {
    const meaning = this.#rules.meaningOf(this.#name, data);
    if (meaning.data === "last") this.#hold(data);
    const isWhole = meaning.data !== "read" || this.#read(data);
    if (isWhole) this.#setEnd(meaning.ends);
  }

  #hold(data: Buffer): void {
    if (this.#first === undefined) this.#first = data;
    else this.#last.push(data);
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
export function eventType(name: string, data: Buffer): string {
  if (name !== "") return name;
  return /^\{\s*"type"\s*:\s*"([\w.]{1,50})"/.exec(data.toString("latin1", 0, DATA_START))?.[1] ?? "";
}

const EVENT = "event:";
const DATA = "data:";

function isField(bytes: Buffer, start: number, end: number, name: string): boolean {
  if (end - start < name.length) return false;
  for (let at = 0; at < name.length; at++) {
    if (bytes[start + at] !== name.charCodeAt(at)) return false;
  }
  return true;
}

/** Behind `data:` and the one space that may follow it. */
function dataStart(bytes: Buffer, start: number): number {
  const at = start + DATA.length;
  return bytes[at] === 0x20 ? at + 1 : at;
}
