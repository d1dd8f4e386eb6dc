import { compareKeys } from "../versions/key-writer.ts";

const encoder = new TextEncoder();

/** A column of u32 that grows by doubling: half the memory of an array of numbers. */
export class ColumnU32 {
  #values = new Uint32Array(1024);
  #length = 0;

  get length(): number {
    return this.#length;
  }

  /** The value's place. */
  push(value: number): number {
    if (this.#length === this.#values.length) {
      const larger = new Uint32Array(this.#values.length * 2);
      larger.set(this.#values);
      this.#values = larger;
    }
    this.#values[this.#length] = value;
    return this.#length++;
  }

  at(index: number): number {
    return this.#values[index] ?? 0;
  }

  pick(order: readonly number[]): Uint32Array {
    return Uint32Array.from(order, (index) => this.at(index));
  }

  all(): Uint32Array {
    return this.#values.slice(0, this.#length);
  }

  /** The values as starts of pieces of which the last ends at `end`. */
  startsTo(end: number): Uint32Array {
    const starts = new Uint32Array(this.#length + 1);
    starts.set(this.#values.subarray(0, this.#length));
    starts[this.#length] = end;
    return starts;
  }
}

/** Bytes laid end to end, with where each piece starts. */
class Pieces {
  #bytes = new Uint8Array(4096);
  #used = 0;
  readonly #starts = new ColumnU32();

  get count(): number {
    return this.#starts.length;
  }

  /** Room for at most `size` more bytes; `close` says how many were used. */
  room(size: number): Uint8Array {
    if (this.#used + size > this.#bytes.length) {
      const larger = new Uint8Array(Math.max(this.#bytes.length * 2, this.#used + size));
      larger.set(this.#bytes.subarray(0, this.#used));
      this.#bytes = larger;
    }
    return this.#bytes.subarray(this.#used);
  }

  close(size: number): number {
    this.#starts.push(this.#used);
    this.#used += size;
    return this.#starts.length - 1;
  }

  starts(): Uint32Array {
    return this.#starts.startsTo(this.#used);
  }

  bytes(): Uint8Array {
    return this.#bytes.slice(0, this.#used);
  }
}

/** Texts by number; text 0 is the empty one. */
export class StringPool {
  readonly #pieces = new Pieces();
  readonly #known = new Map<string, number>();

  intern(text: string): number {
    if (this.#pieces.count === 0) this.#known.set("", this.#write(""));
    const known = this.#known.get(text);
    if (known !== undefined) return known;
    const id = this.#write(text);
    this.#known.set(text, id);
    return id;
  }

  /** Adds `text` even when it is there already. */
  append(text: string): number {
    return this.#write(text);
  }

  starts(): Uint32Array {
    return this.#pieces.starts();
  }

  bytes(): Uint8Array {
    return this.#pieces.bytes();
  }

  #write(text: string): number {
    const { written } = encoder.encodeInto(text, this.#pieces.room(text.length * 3));
    return this.#pieces.close(written);
  }
}

/** Distinct version keys; written in their own order, so that a key's number is its rank. */
export class KeyPool {
  readonly #keys: Uint8Array[] = [];
  readonly #known = new Map<string, number>();
  #sorted: readonly number[] | undefined;

  intern(key: Uint8Array): number {
    const name = String.fromCharCode(...key);
    const known = this.#known.get(name);
    if (known !== undefined) return known;
    const id = this.#keys.length;
    this.#keys.push(key.slice());
    this.#known.set(name, id);
    this.#sorted = undefined;
    return id;
  }

  /** From the number given by `intern` to the place in key order. */
  ranks(): Uint32Array {
    const ranks = new Uint32Array(this.#keys.length);
    for (const [rank, id] of this.#order().entries()) ranks[id] = rank;
    return ranks;
  }

  starts(): Uint32Array {
    return this.#written().starts();
  }

  bytes(): Uint8Array {
    return this.#written().bytes();
  }

  #written(): Pieces {
    const pieces = new Pieces();
    for (const id of this.#order()) {
      const key = this.#keys[id] ?? new Uint8Array(0);
      pieces.room(key.length).set(key);
      pieces.close(key.length);
    }
    return pieces;
  }

  #order(): readonly number[] {
    const keys = this.#keys;
    this.#sorted ??= keys.map((_, id) => id).sort((a, b) => compareKeys(keys[a] ?? new Uint8Array(0), keys[b] ?? new Uint8Array(0)));
    return this.#sorted;
  }
}
