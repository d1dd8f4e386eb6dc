import { randomBytes } from "node:crypto";

export const RECOVERY_CODES = 10;

/** Crockford's base 32: no I, L, O, U, so that a code can be read aloud and typed from paper. */
const ALPHABET = "0123456789ABCDEFGHJKMNPQRSTVWXYZ";
const GROUPS = 4;
const GROUP = 4;

/** Ten codes of 80 random bits, as they are shown once: `7K3M-Q0ZD-…`. */
export function newRecoveryCodes(): readonly string[] {
  return Array.from({ length: RECOVERY_CODES }, newRecoveryCode);
}

/** The code as it was made, from what a person typed; undefined when it cannot be one. */
export function parseRecoveryCode(typed: string): string | undefined {
  const letters = typed.toUpperCase().replaceAll(/[\s-]/g, "").replaceAll("O", "0").replaceAll(/[IL]/g, "1");
  if (letters.length !== GROUPS * GROUP || [...letters].some((letter) => !ALPHABET.includes(letter))) return undefined;
  return grouped(letters);
}

function newRecoveryCode(): string {
  // 256 is a multiple of 32, so that each letter is as likely as any other.
  return grouped([...randomBytes(GROUPS * GROUP)].map((byte) => ALPHABET[byte % ALPHABET.length]).join(""));
}

function grouped(letters: string): string {
  return Array.from({ length: GROUPS }, (_, index) => letters.slice(index * GROUP, (index + 1) * GROUP)).join("-");
}
