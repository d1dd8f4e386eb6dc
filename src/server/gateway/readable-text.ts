/** Where the models' wires put what a person would read, in answers that come event by event. */
const TEXT_KEYS = new Set([
  "content",
  "text",
  "delta",
  "arguments",
  "partial_json",
  "thinking",
  "refusal",
  "reasoning_content",
  "input",
  "output",
]);
const DEEPEST = 40;

/**
 * What a person would read in a body: the texts of a JSON document, or those of streamed events put together, so that what was split over two
 * of them is found. Any other body is its own text.
 */
export function readableText(body: Uint8Array): string {
  const raw = rawText(body);
  if (/^\s*[{[]/.test(raw)) {
    const parsed = parsedOrUndefined(raw);
    if (parsed !== undefined) return leaves(parsed, () => true).join("\n");
  }
  if (!/^(?:data|event|id|retry)?:/.test(raw)) return raw;
  const texts: string[] = [];
  for (const line of raw.split(/\r\n|\n|\r/)) {
    if (!line.startsWith("data:")) continue;
    const parsed = parsedOrUndefined(line.slice("data:".length));
    // One by one: an event can hold more texts than a call takes arguments.
    if (parsed !== undefined) for (const text of leaves(parsed, (key) => TEXT_KEYS.has(key))) texts.push(text);
  }
  return texts.join("");
}

/** Bytes that are no UTF-8 are shown as such, not refused. */
export function rawText(body: Uint8Array): string {
  return new TextDecoder("utf-8", { ignoreBOM: true }).decode(body);
}

/** The texts under keys that are wanted, in their order. */
function leaves(value: unknown, isWanted: (key: string) => boolean, key = "", depth = 0): string[] {
  if (typeof value === "string") return isWanted(key) ? [value] : [];
  if (typeof value !== "object" || value === null || depth > DEEPEST) return [];
  if (Array.isArray(value)) return value.flatMap((item) => leaves(item, isWanted, key, depth + 1));
  return Object.entries(value).flatMap(([name, item]) => leaves(item, isWanted, name, depth + 1));
}

function parsedOrUndefined(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
