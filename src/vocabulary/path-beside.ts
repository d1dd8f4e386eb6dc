/**
 * A path that a file states, as seen from where the file's own path is seen: `parent/pom.xml` states `../a.txt`, which is `a.txt`.
 * With `/` throughout; `..` is left only at the beginning.
 */
export function pathBeside(file: string, stated: string): string {
  const aside = stated.replaceAll("\\", "/");
  const own = file.replaceAll("\\", "/");
  const path = aside.startsWith("/") ? aside : own.slice(0, own.lastIndexOf("/") + 1) + aside;
  const root = path.startsWith("/") ? "/" : "";
  const parts: string[] = [];
  for (const part of path.split("/")) {
    if (part === "" || part === ".") continue;
    if (part !== "..") parts.push(part);
    else if (parts.length > 0 && parts.at(-1) !== "..") parts.pop();
    else if (root === "") parts.push(part);
  }
  return root + parts.join("/");
}
