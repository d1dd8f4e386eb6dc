import { createCipheriv, createDecipheriv, hkdfSync, randomBytes } from "node:crypto";
import { SealingError } from "./sealing-error.ts";

const FORMAT = "sluice-credential-1";
const NONCE_BYTES = 12;
const TAG_BYTES = 16;

/** A lab's upstream credential as a text for a database row: useless without the grant's credential key, and in the place of another grant. */
export function sealCredential(key: Uint8Array, grantId: string, text: string): string {
  const nonce = randomBytes(NONCE_BYTES);
  const cipher = createCipheriv("aes-256-gcm", credentialKey(key), nonce);
  cipher.setAAD(Buffer.from(grantId, "utf8"));
  const sealed = Buffer.concat([nonce, cipher.update(text, "utf8"), cipher.final(), cipher.getAuthTag()]);
  return `${FORMAT}.${sealed.toString("base64url")}`;
}

/** @throws SealingError `sealed-content-refused` when it was changed, is another grant's, or the key is another; the message holds none of it */
export function openSealedCredential(key: Uint8Array, grantId: string, sealed: string): string {
  try {
    const [format, body = "", ...more] = sealed.split(".");
    const bytes = Buffer.from(body, "base64url");
    if (format !== FORMAT || more.length > 0 || bytes.length < NONCE_BYTES + TAG_BYTES || bytes.toString("base64url") !== body) {
      throw new Error(`no ${FORMAT}`);
    }
    const decipher = createDecipheriv("aes-256-gcm", credentialKey(key), bytes.subarray(0, NONCE_BYTES), { authTagLength: TAG_BYTES });
    decipher.setAAD(Buffer.from(grantId, "utf8"));
    decipher.setAuthTag(bytes.subarray(-TAG_BYTES));
    return Buffer.concat([decipher.update(bytes.subarray(NONCE_BYTES, -TAG_BYTES)), decipher.final()]).toString("utf8");
  } catch {
    throw new SealingError(
      "sealed-content-refused",
      `expected the credential of grant ${grantId} as its own key sealed it, got something else`,
      {
        place: grantId,
      },
    );
  }
}

function credentialKey(key: Uint8Array): Uint8Array {
  return new Uint8Array(hkdfSync("sha256", key, new Uint8Array(0), FORMAT, 32));
}
