const LONGEST_ID = 250;
const EXTENSION = ".json";

/** The id of a record kept as `ID.json`; undefined for every name that is not just that: a path, another extension, control characters. */
export function idOfFile(name: string): string | undefined {
  if (!name.endsWith(EXTENSION)) return undefined;
  const id = name.slice(0, -EXTENSION.length);
  return isRecordId(id) ? id : undefined;
}

/** True for an id that is safe as a file name and as one segment of a URL. */
export function isRecordId(id: string): boolean {
  return id.length > 0 && id.length <= LONGEST_ID && !id.startsWith(".") && !/[/\\\p{Cc}\u{fffd}]/u.test(id);
}
