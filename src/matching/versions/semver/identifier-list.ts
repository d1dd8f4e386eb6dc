import type { KeyWriter } from "../key-writer.ts";

const END = 0x01;
const TEXT = 0xb0;

/**
 * Identifiers of a prerelease or of build metadata, as `semver` writes those of a prerelease: END `01` < number < text `B0`.
 * For orders in which build metadata counts. The caller has checked that they are ASCII.
 */
export function writeIdentifierList(identifiers: string, isNumber: (identifier: string) => boolean, out: KeyWriter): void {
  for (const identifier of identifiers.split(".")) {
    if (isNumber(identifier)) out.number(identifier);
    else {
      out.byte(TEXT);
      out.text(identifier);
    }
  }
  out.byte(END);
}
