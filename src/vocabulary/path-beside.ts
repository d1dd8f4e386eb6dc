/**
 * A path that a file states, as seen from where the file's own path is seen: `parent/pom.xml` states `../a.txt`, which is `a.txt`.
 * With `/` throughout; `..` is left only at the beginning.
 */
export function pathBeside(file: string, stated: string): string {
  const [path, aside] = [file, stated].map((text) => text.replaceAll("\\", "/"));
  const folder = (path ?? "").slice(0, (path ?? "").lastIndexOf("/") + 1);
  const root = folder.startsWith("/") ? "/" : "";
  const parts: string[] = [];
  for (const part of `${folder}${aside ?? ""}`.split("/")) {
    if (part === "" || part === ".") continue;
    if (part !== "..") parts.push(part);
    else if (parts.length > 0 && parts.at(-1) !== "..") parts.pop();
    else if (root === "") parts.push(part);
  }
  return root + parts.join("/");
}
