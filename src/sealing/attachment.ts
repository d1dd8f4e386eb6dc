import { Decrypter, Encrypter, identityToRecipient } from "age-encryption";
import type { Key } from "./key-file.ts";
import { SealingError } from "./sealing-error.ts";

/** Encrypts to the ring's current sealing key, in the age format (age-encryption.org/v1), in bounded memory. */
export async function sealStream(key: Key, content: ReadableStream<Uint8Array>): Promise<ReadableStream<Uint8Array>> {
  const encrypter = new Encrypter();
  encrypter.addRecipient(await identityToRecipient(identityOf(key)));
  return encrypter.encrypt(content);
}

/**
 * Opens what one of these keys sealed. The stream fails with `sealed-content-refused` at the first changed or missing part:
 * what came before it is whole, so a reader keeps nothing until the end.
 * @throws SealingError `sealed-content-refused`
 */
export async function openStream(keys: readonly Key[], sealed: ReadableStream<Uint8Array>): Promise<ReadableStream<Uint8Array>> {
  const decrypter = new Decrypter();
  for (const key of keys) decrypter.addIdentity(identityOf(key));
  try {
    const opened = (await decrypter.decrypt(sealed)).getReader();
    return new ReadableStream<Uint8Array>({
      pull: async (controller) => {
        try {
          const { done, value } = await opened.read();
          if (done) controller.close();
          else controller.enqueue(value);
        } catch (cause) {
          controller.error(refused(cause));
        }
      },
      cancel: (reason) => opened.cancel(reason),
    });
  } catch (cause) {
    throw refused(cause);
  }
}

/** The same for what fits in memory. */
export async function sealBytes(key: Key, content: Uint8Array): Promise<Uint8Array> {
  const encrypter = new Encrypter();
  encrypter.addRecipient(await identityToRecipient(identityOf(key)));
  return encrypter.encrypt(content);
}

/** @throws SealingError `sealed-content-refused` */
export async function openBytes(keys: readonly Key[], sealed: Uint8Array): Promise<Uint8Array> {
  const decrypter = new Decrypter();
  for (const key of keys) decrypter.addIdentity(identityOf(key));
  try {
    return await decrypter.decrypt(sealed);
  } catch (cause) {
    throw refused(cause);
  }
}

function identityOf({ id, purpose, secret }: Key): string {
  if (purpose !== "sealing") throw new SealingError("key-unknown", `expected a key for sealing, got ${id}`, { place: id });
  return new TextDecoder().decode(secret);
}

function refused(cause: unknown): SealingError {
  return new SealingError(
    "sealed-content-refused",
    "expected content that one of this installation's sealing keys opens, whole and unchanged",
    { cause },
  );
}
