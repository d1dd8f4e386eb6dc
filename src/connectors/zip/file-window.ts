import type { FileHandle } from "node:fs/promises";

const WINDOW_BYTES = 1_048_576;

/** A view of a file that reads ahead, so that neighbouring small reads cost one system call in thousands. */
export class FileWindow {
  readonly #file: FileHandle;
  readonly #fileBytes: number;
  readonly #buffer: Buffer;
  #start = 0;
  #length = 0;

  constructor(file: FileHandle, fileBytes: number, windowBytes = WINDOW_BYTES) {
    this.#file = file;
    this.#fileBytes = fileBytes;
    this.#buffer = Buffer.allocUnsafe(Math.max(1, Math.min(windowBytes, fileBytes)));
  }

  /** The bytes if they are held, valid until the next `load`. */
  held(position: number, length: number): Buffer | undefined {
    const from = position - this.#start;
    return from >= 0 && from + length <= this.#length ? this.#buffer.subarray(from, from + length) : undefined;
  }

  /** The bytes, valid until the next `load`; undefined when the file ends before them. */
  async load(position: number, length: number): Promise<Buffer | undefined> {
    if (position < 0 || position + length > this.#fileBytes) return undefined;
    if (length > this.#buffer.length) {
      const own = Buffer.allocUnsafe(length);
      return (await this.#fill(own, position)) === length ? own : undefined;
    }
    this.#length = 0;
    this.#start = position;
    this.#length = await this.#fill(this.#buffer, position);
    return this.held(position, length);
  }

  async #fill(buffer: Buffer, position: number): Promise<number> {
    let filled = 0;
    while (filled < buffer.length) {
      const { bytesRead } = await this.#file.read(buffer, filled, buffer.length - filled, position + filled);
      if (bytesRead === 0) break;
      filled += bytesRead;
    }
    return filled;
  }
}
