/** Enough to see which format a document is in. */
const EDGE_BYTES = 4096;

/** The beginning of a document as text, for recognition only: whatever is not UTF-8 is replaced. */
export function firstText(bytes: Uint8Array): string {
  return new TextDecoder().decode(bytes.subarray(0, EDGE_BYTES));
}

/** The beginning and the end: writers that sort names put the version of a format behind its content. */
export function outerText(bytes: Uint8Array): string {
  const end = bytes.length > EDGE_BYTES ? bytes.subarray(Math.max(EDGE_BYTES, bytes.length - EDGE_BYTES)) : new Uint8Array();
  return `${firstText(bytes)}\n${new TextDecoder().decode(end)}`;
}

/** The file name without directories, in lower case. */
export function baseName(name: string): string {
  return name.slice(Math.max(name.lastIndexOf("/"), name.lastIndexOf("\\")) + 1).toLowerCase();
}
