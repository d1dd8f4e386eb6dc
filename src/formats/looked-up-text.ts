import type { JsonObject } from "../vocabulary/json.ts";
import { below, optionalText, refusal, requiredText } from "./json-reading.ts";

/** A name or version that will be looked up and shown: not empty, of bounded length, and without control characters and halves of characters. */
export function requiredWord(parent: JsonObject, key: string, place: string): string {
  return withoutControls(requiredText(parent, key, place), below(place, key));
}

export function optionalWord(parent: JsonObject, key: string, place: string): string | undefined {
  const text = optionalText(parent, key, place);
  return text === undefined ? undefined : withoutControls(text, below(place, key));
}

/** A requirement with its markers, or the resolution of a package, is one too. */
export const LONGEST_TEXT = 4096;

export function withoutControls(text: string, place: string): string {
  if (text.length > LONGEST_TEXT) throw refusal(place, `a text of at most ${LONGEST_TEXT} characters`, text);
  if (/[\p{Cc}\p{Cs}]/u.test(text)) throw refusal(place, "a text without control characters", text);
  return text;
}
