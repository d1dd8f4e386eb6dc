import { readdir, readFile } from "node:fs/promises";
import { join } from "node:path";

/** The files under these directories in which a secret stands: as it is, in hexadecimal or base64. */
export async function filesWith(secret: string, directories: readonly string[]): Promise<readonly string[]> {
  const forms = formsOf(secret);
  const found: string[] = [];
  for (const directory of directories) {
    for (const entry of await readdir(directory, { recursive: true, withFileTypes: true })) {
      if (!entry.isFile()) continue;
      const file = join(entry.parentPath, entry.name);
      const bytes = await readFile(file);
      if (forms.some((form) => bytes.includes(form))) found.push(file);
    }
  }
  return found;
}

function formsOf(secret: string): readonly Buffer[] {
  const bytes = Buffer.from(secret, "utf8");
  // Base64 of something in the middle of other bytes begins at one of three places; what no neighbour reaches is the same.
  const inside = [0, 1, 2].map((before) => {
    const text = Buffer.concat([Buffer.alloc(before), bytes]).toString("base64");
    return Buffer.from(text.slice(Math.ceil((before * 8) / 6), Math.floor(((before + bytes.length) * 8) / 6)));
  });
  return [bytes, Buffer.from(bytes.toString("hex")), Buffer.from(bytes.toString("hex").toUpperCase()), ...inside];
}
