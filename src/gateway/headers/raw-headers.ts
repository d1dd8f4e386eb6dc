/** Header fields as node:http keeps them: name, value, name, value, … in the order they came. */
export type RawHeaders = readonly string[];

export function* fieldsOf(raw: RawHeaders): Generator<readonly [name: string, value: string]> {
  for (let at = 0; at + 1 < raw.length; at += 2) yield [(raw[at] ?? "").toLowerCase(), raw[at + 1] ?? ""];
}

export function valuesOf(raw: RawHeaders, name: string): readonly string[] {
  const values: string[] = [];
  for (let at = 0; at + 1 < raw.length; at += 2) {
    const field = raw[at] ?? "";
    // Asked many times for every call: most names differ in length already.
    if (field.length === name.length && field.toLowerCase() === name) values.push(raw[at + 1] ?? "");
  }
  return values;
}

/** Names that `Connection` declares to be for this hop alone (RFC 9110 §7.6.1), however they are spelt. */
export function nominated(raw: RawHeaders): ReadonlySet<string> {
  const names = valuesOf(raw, "connection").flatMap((value) => value.split(","));
  return new Set(names.map((name) => name.trim().toLowerCase()));
}
