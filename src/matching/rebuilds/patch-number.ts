import { MAX_KEY_BYTES } from "../versions/key-writer.ts";
import type { VersionScheme } from "../versions/version-scheme.ts";

/** Below whatever a key of any scheme goes on with, and above its end. */
const PATCH = 0x00;

/**
 * The order of `inner` with the number that a vendor puts behind a version for its own patches: `1.2.3 < 1.2.3+echo.1 < 1.2.3+echo.2 < 1.2.4`.
 * `mark` matches it at the end of a version, its number as the first group.
 */
export function withPatchNumber(inner: VersionScheme, vendor: string, mark: RegExp): VersionScheme {
  const { doubtOf } = inner;
  return {
    id: `${inner.id}+${vendor}`,
    encode: (version, out) => {
      const patch = mark.exec(version);
      const number = patch?.[1];
      if (patch === null || number === undefined) return inner.encode(version, out);
      const refusal = inner.encode(version.slice(0, patch.index), out);
      if (refusal !== undefined) return refusal;
      out.byte(PATCH);
      out.number(number);
      return out.overflowed ? { reason: `its key is longer than ${MAX_KEY_BYTES} bytes` } : undefined;
    },
    ...(doubtOf === undefined ? {} : { doubtOf: (version: string) => doubtOf(withoutPatchNumber(version, mark)) }),
  };
}

/** The version that the vendor patched. */
export function withoutPatchNumber(version: string, mark: RegExp): string {
  const patch = mark.exec(version);
  return patch === null ? version : version.slice(0, patch.index);
}
