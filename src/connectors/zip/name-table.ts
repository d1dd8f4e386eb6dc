const WORDS_PER_SLOT = 3;

/** Numbers by name in typed arrays: some 30 bytes a name, where a Map of strings takes 150. Names are told apart by 64 bits of hash. */
export class NameTable {
  readonly #slots: Uint32Array;
  readonly #mask: number;

  constructor(capacity: number) {
    let slots = 16;
    while (slots * 3 < capacity * 4) slots *= 2;
    this.#slots = new Uint32Array(slots * WORDS_PER_SLOT);
    this.#mask = slots - 1;
  }

  /** The number under which `name` was added first, or -1. */
  get(name: Uint8Array): number {
    const low = hash(name, 0x811c9dc5, 0x01000193);
    return (this.#slots[this.#find(low, hash(name, 0x9747b28c, 0x5bd1e995)) + 2] ?? 0) - 1;
  }

  /** Adds `name`; false when it is there already. */
  add(name: Uint8Array, number: number): boolean {
    const low = hash(name, 0x811c9dc5, 0x01000193);
    const high = hash(name, 0x9747b28c, 0x5bd1e995);
    const at = this.#find(low, high);
    if (this.#slots[at + 2] !== 0) return false;
    this.#slots[at] = low;
    this.#slots[at + 1] = high;
    this.#slots[at + 2] = number + 1;
    return true;
  }

  #find(low: number, high: number): number {
    for (let slot = low & this.#mask; ; slot = (slot + 1) & this.#mask) {
      const at = slot * WORDS_PER_SLOT;
      if (this.#slots[at + 2] === 0 || (this.#slots[at] === low && this.#slots[at + 1] === high)) return at;
    }
  }
}

/** FNV-1a with a last mixing step; another factor makes another, independent hash. */
function hash(bytes: Uint8Array, seed: number, factor: number): number {
  let value = seed;
  for (const byte of bytes) value = Math.imul(value ^ byte, factor);
  value = Math.imul(value ^ (value >>> 16), 0x85ebca6b);
  return (value ^ (value >>> 13)) >>> 0;
}
