/** The longest key that any scheme may write: PostgreSQL b-tree entries must stay under about 2.7 kB. */
export const MAX_KEY_BYTES = 2048;

/** The end of everything: above every key, since none starts with `FF`. */
export const NO_END: Uint8Array = Uint8Array.of(0xff, 0xff);

/** The start of everything: below every key, since none is empty. */
export const NO_START: Uint8Array = new Uint8Array(0);

const encoder = new TextEncoder();

/** Writes version keys into one growing-free buffer; a key over the cap sets `overflowed` instead of growing. */
export class KeyWriter {
  readonly bytes: Uint8Array = new Uint8Array(MAX_KEY_BYTES);
  length = 0;
  overflowed = false;

  reset(): void {
    this.length = 0;
    this.overflowed = false;
  }

  byte(value: number): void {
    if (this.length >= MAX_KEY_BYTES) this.overflowed = true;
    else this.bytes[this.length++] = value;
  }

  /** Number N of the key format: `20 + v` up to 127, `A0 + k` and k + 1 big-endian bytes up to 14 digits, then `A6`, u16 count, digits. */
  number(text: string, start = 0, end: number = text.length): void {
    let first = start;
    while (first < end - 1 && text.charCodeAt(first) === 0x30) first++;
    const digits = end - first;
    if (digits <= 14) {
      let value = 0;
      for (let i = first; i < end; i++) value = value * 10 + (text.charCodeAt(i) - 0x30);
      this.smallNumber(value);
      return;
    }
    this.byte(0xa6);
    this.byte(digits >> 8);
    this.byte(digits & 0xff);
    for (let i = first; i < end; i++) this.byte(text.charCodeAt(i));
  }

  /** Number N for a value of at most 14 digits. */
  smallNumber(value: number): void {
    if (value < 128) {
      this.byte(0x20 + value);
      return;
    }
    let bytes = 1;
    for (let rest = Math.floor(value / 256); rest > 0; rest = Math.floor(rest / 256)) bytes++;
    this.byte(0xa0 + bytes - 1);
    for (let shift = bytes - 1; shift >= 0; shift--) this.byte(Math.floor(value / 256 ** shift) % 256);
  }

  /** Raw UTF-8 closed by `00`, so that `ab` sorts below `abc`. The caller has refused a NUL and lone surrogates inside. */
  text(text: string, start = 0, end: number = text.length): void {
    for (let i = start; i < end; i++) {
      const code = text.charCodeAt(i);
      if (code > 0x7f) {
        this.#encode(text.slice(i, end));
        break;
      }
      this.byte(code);
    }
    this.byte(0);
  }

  /** A copy of what was written since the last reset. */
  key(): Uint8Array {
    return this.bytes.slice(0, this.length);
  }

  #encode(text: string): void {
    const { read, written } = encoder.encodeInto(text, this.bytes.subarray(this.length));
    if (read < text.length) this.overflowed = true;
    this.length += written;
  }
}

/** Sign of the order of two byte strings, shorter first when one is a prefix of the other. */
export function compareKeys(a: Uint8Array, b: Uint8Array): number {
  const shared = Math.min(a.length, b.length);
  for (let i = 0; i < shared; i++) {
    const difference = (a[i] ?? 0) - (b[i] ?? 0);
    if (difference !== 0) return difference;
  }
  return a.length - b.length;
}

/** The smallest key above `key`: nothing lies between the two. */
export function successorOf(key: Uint8Array): Uint8Array {
  const next = new Uint8Array(key.length + 1);
  next.set(key);
  return next;
}
