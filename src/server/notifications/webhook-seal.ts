import { z } from "zod";
import { openBytes, sealBytes } from "../../sealing/attachment.ts";
import type { KeyRing } from "../../sealing/key-ring.ts";

/** What of a webhook is a secret: the URL may carry one, and messages are signed with the other. */
export type WebhookSecrets = { readonly url: string; readonly secret: string };

const shape = z.object({ url: z.url(), secret: z.string() });

export async function sealWebhook(keys: KeyRing, secrets: WebhookSecrets): Promise<Uint8Array> {
  return sealBytes(keys.current("sealing"), new TextEncoder().encode(JSON.stringify(secrets)));
}

/** @throws SealingError `sealed-content-refused` when the key it was sealed with is gone */
export async function openWebhookSeal(keys: KeyRing, sealed: Uint8Array): Promise<WebhookSecrets> {
  return shape.parse(JSON.parse(new TextDecoder().decode(await openBytes(keys.accepted("sealing"), sealed))));
}
