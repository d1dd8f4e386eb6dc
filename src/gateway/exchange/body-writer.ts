import type { ServerResponse } from "node:http";

/** Writes what follows an answer's head, piece by piece. */
export type BodyWriter = {
  readonly write: (piece: Buffer) => void;
  /** Lets go of the connection, which the next answer uses. */
  readonly release: () => void;
};

/** For an answer whose head is written. `drained` is called whenever what was written is out. */
export function bodyWriter(response: ServerResponse, drained: () => void): BodyWriter {
  const { socket, chunkedEncoding } = response;
  // Without a connection while an answer that was asked for before it is on the way.
  if (!chunkedEncoding || socket === null) {
    response.on("drain", drained);
    return { write: (piece) => void response.write(piece), release: () => response.off("drain", drained) };
  }
  socket.on("drain", drained);
  return { write: (piece) => void socket.write(chunkOf(piece)), release: () => socket.off("drain", drained) };
}

/** RFC 9112 §7.1. node:http would queue a chunk's three parts, and write them a tick later. */
function chunkOf(piece: Buffer): Buffer {
  const size = piece.length.toString(16);
  const chunk = Buffer.allocUnsafe(size.length + piece.length + 4);
  let at = chunk.write(`${size}\r\n`, "latin1");
  at += piece.copy(chunk, at);
  chunk.write("\r\n", at, "latin1");
  return chunk;
}
