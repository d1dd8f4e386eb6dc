import type { Beside } from "../../src/formats/inventory-format.ts";
import { CodedError } from "../../src/vocabulary/coded-error.ts";

/** Files beside a document as a test states them; one that is an error is there and not to be opened. */
export function filesInMemory(files: Readonly<Record<string, string | CodedError>>): Beside {
  const paths = new Map(Object.entries(files));
  return {
    file: (path) => {
      const content = paths.get(path);
      if (content instanceof CodedError) throw content;
      return content === undefined ? undefined : new TextEncoder().encode(content);
    },
    folders: (path) => {
      const start = path === "" ? "" : `${path}/`;
      const below = [...paths.keys()].filter((file) => file.startsWith(start)).map((file) => file.slice(start.length));
      return [...new Set(below.filter((file) => file.includes("/")).map((file) => file.slice(0, file.indexOf("/"))))].toSorted();
    },
  };
}
