import { parsePlaceText } from "../../sealing/exchange-place.ts";
import { recordKeyOf } from "../../sealing/grant-keys.ts";
import type { KeyRing } from "../../sealing/key-ring.ts";
import { grantDirectory } from "../../sealing/segment-paths.ts";
import { readTranscript, type Transcript } from "../../sealing/transcript.ts";
import { exchangesIn } from "../sealed-files.ts";
import type { ExchangeRow } from "./exchange-store.ts";

export type NotHeld = "premises" | "destroyed" | "redacted" | "altered" | "elsewhere";
export type ReadTranscript =
  | { readonly kind: "held"; readonly transcript: Transcript }
  | { readonly kind: "not-held"; readonly why: NotHeld };

/** Opens exchanges from the sealed record of the gateway beside this server. */
export type TranscriptFiles = { readonly read: (row: ExchangeRow) => Promise<ReadTranscript> };

export type TranscriptFilesParts = { readonly dataDirectory: string; readonly keys: Pick<KeyRing, "heldGrantKey" | "reload"> };

export function openTranscriptFiles({ dataDirectory, keys }: TranscriptFilesParts): TranscriptFiles {
  return {
    read: async (row) => {
      if (row.custody === "premises") return notHeld("premises");
      if (row.is_destroyed) return notHeld("destroyed");
      const place = parsePlaceText(row.segment);
      const recordKey = keyOf(row.grant_id);
      if (recordKey === undefined || place === undefined) return notHeld("elsewhere");
      const access = { directory: grantDirectory(exchangesIn(dataDirectory), row.grant_id), recordKey };
      const transcript = await unlessMissing(readTranscript(access, place, row.id));
      if (transcript === undefined) return notHeld("elsewhere");
      const { content } = transcript;
      return content === "redacted" || content === "altered" ? notHeld(content) : { kind: "held", transcript };
    },
  };

  /** The gateway makes a grant's key with its first exchange, in a process of its own. */
  function keyOf(grant: string): Uint8Array | undefined {
    const name = recordKeyOf(grant);
    const held = keys.heldGrantKey(name);
    if (held !== undefined) return held.secret;
    keys.reload();
    return keys.heldGrantKey(name)?.secret;
  }
}

function notHeld(why: NotHeld): ReadTranscript {
  return { kind: "not-held", why };
}

async function unlessMissing<T>(reading: Promise<T>): Promise<T | undefined> {
  try {
    return await reading;
  } catch (error) {
    if (error instanceof Error && "code" in error && error.code === "ENOENT") return undefined;
    throw error;
  }
}
