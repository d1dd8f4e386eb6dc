import { linesOf } from "../text-lines.ts";
import { readText } from "../read-text.ts";

/** What an operating system says of itself. */
export type OsRelease = {
  /** `debian`, `ubuntu`, `alpine`. */
  readonly id: string;
  /** `12`, `22.04`, `3.18.4`; undefined where the system has no number, such as Debian before its release. */
  readonly versionId: string | undefined;
  readonly codename: string | undefined;
};

export const MAX_OS_RELEASE_BYTES = 64 * 1024;

/**
 * Reads os-release(5); undefined when it does not say which system it is.
 * @throws CodedError `document-invalid` (not UTF-8), `document-too-large`
 */
export function readOsRelease(bytes: Uint8Array): OsRelease | undefined {
  const values = new Map<string, string>();
  for (const { text } of linesOf(readText(bytes, MAX_OS_RELEASE_BYTES))) {
    const [, name, value] = /^([A-Z][A-Z0-9_]*)=(.*)$/s.exec(text.trim()) ?? [];
    // As for the shell, which is meant to read it, the last assignment counts.
    if (name !== undefined && value !== undefined) values.set(name, unquoted(value));
  }
  const id = plain(values.get("ID"));
  return id === undefined ? undefined : { id, versionId: plain(values.get("VERSION_ID")), codename: plain(values.get("VERSION_CODENAME")) };
}

function unquoted(value: string): string {
  const [, , inside] = /^(["'])(.*)\1$/s.exec(value) ?? [];
  return (inside ?? value).replaceAll(/\\(["'$`\\])/g, "$1");
}

/** The characters that os-release(5) allows in these values, and a length that none of them has. */
function plain(value: string | undefined): string | undefined {
  return value !== undefined && /^[A-Za-z0-9][A-Za-z0-9._+~:-]{0,99}$/.test(value) ? value : undefined;
}
