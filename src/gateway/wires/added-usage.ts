import { isJsonObject } from "../../vocabulary/json.ts";

/**
 * Takes the one event out of a stream of chat completions that is there only because the gateway asked for usage. Every other byte
 * passes; the end of a line that is not whole yet is held back until it is.
 */
export type UsageFilter = { readonly push: (chunk: Buffer) => Buffer; readonly end: () => Buffer };

const NEWLINE = 0x0a;
/** The event asked for is a few hundred bytes; a longer line is not it and passes at once. */
const LONGEST_LINE = 64 * 1024;
/** Stands in every statement of usage, so that other lines are not parsed. */
const SIGN = Buffer.from('"prompt_tokens"');
const EMPTY = Buffer.alloc(0);

export function withoutAddedUsage(): UsageFilter {
  return new Filter();
}

class Filter implements UsageFilter {
  #pieces: Buffer[] = [];
  #held = 0;
  #isPassingLine = false;
  #dropsBlank = false;

  push(chunk: Buffer): Buffer {
    if (this.#isPassingLine) return this.#passLine(chunk);
    const end = chunk.lastIndexOf(NEWLINE) + 1;
    if (end === 0) return this.#hold(chunk);
    const whole = this.#held === 0 ? chunk.subarray(0, end) : Buffer.concat([...this.#pieces, chunk.subarray(0, end)]);
    this.#pieces = [];
    this.#held = 0;
    const passed = this.#dropsBlank || whole.includes(SIGN) ? this.#filtered(whole) : whole;
    const rest = end === chunk.length ? EMPTY : this.#hold(chunk.subarray(end));
    return rest.length === 0 ? passed : Buffer.concat([passed, rest]);
  }

  end(): Buffer {
    return Buffer.concat(this.#pieces);
  }

  #passLine(chunk: Buffer): Buffer {
    const end = chunk.indexOf(NEWLINE) + 1;
    if (end === 0) return chunk;
    this.#isPassingLine = false;
    return end === chunk.length ? chunk : Buffer.concat([chunk.subarray(0, end), this.push(chunk.subarray(end))]);
  }

  #hold(bytes: Buffer): Buffer {
    this.#pieces.push(bytes);
    this.#held += bytes.length;
    if (this.#held <= LONGEST_LINE) return EMPTY;
    const line = Buffer.concat(this.#pieces);
    this.#pieces = [];
    this.#held = 0;
    this.#isPassingLine = true;
    return line;
  }

  #filtered(lines: Buffer): Buffer {
    const passed: Buffer[] = [];
    for (let from = 0; from < lines.length;) {
      const end = lines.indexOf(NEWLINE, from) + 1;
      const line = lines.subarray(from, end);
      from = end;
      const isDropped = isAddedUsage(line) || (this.#dropsBlank && isBlank(line));
      this.#dropsBlank = isDropped && !isBlank(line);
      if (!isDropped) passed.push(line);
    }
    return Buffer.concat(passed);
  }
}

function isBlank(line: Buffer): boolean {
  return line.length <= 2 && line.toString("latin1").trim() === "";
}

/** Exactly the event of the wire's documentation: usage, no choices, no error. Anything else is the model's answer and passes. */
function isAddedUsage(line: Buffer): boolean {
  if (!line.includes(SIGN)) return false;
  const json = /^data:(.*)$/s.exec(line.toString("utf8"))?.[1];
  const event = json === undefined ? undefined : parsed(json);
  if (!isJsonObject(event)) return false;
  const choices = event["choices"];
  return Array.isArray(choices) && choices.length === 0 && isJsonObject(event["usage"]) && !("error" in event);
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    // Not JSON: certainly not the event that was asked for.
    return undefined;
  }
}
