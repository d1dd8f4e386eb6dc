import { createHash } from "node:crypto";
import { readdir, readFile } from "node:fs/promises";
import { extname, join } from "node:path";
import { promisify } from "node:util";
import { constants, gzip } from "node:zlib";
import { isClone, packageRoot } from "../package-root.ts";

export type ConsoleAnswer = {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string | Buffer | undefined;
};

export type ConsoleRequest = {
  /** Path and query. */
  readonly url: string;
  readonly accept: string | undefined;
  readonly acceptEncoding: string | undefined;
  readonly ifNoneMatch: string | undefined;
};

/** The built console, held in memory. */
export type ConsoleFiles = {
  /** The file at the address, the console's one page where a browser navigates, or undefined when the address is none of its. */
  readonly answer: (request: ConsoleRequest) => ConsoleAnswer | undefined;
};

/** Where the console's build goes: beside the sources in a clone, inside the packed package. */
export const consoleFolder: string = isClone ? join(packageRoot, "build", "web") : join(packageRoot, "dist", "web");

/** Reads the built console; one that was never built answers with how to build it. */
export async function readConsoleFiles(folder: string = consoleFolder): Promise<ConsoleFiles> {
  const files = new Map<string, ConsoleFile>();
  for (const name of await namesIn(folder)) files.set(`/${name}`, await readConsoleFile(join(folder, name), name));
  const page = files.get("/index.html");
  files.delete("/index.html");
  return {
    answer: (request) => {
      const path = request.url.replace(/[?#].*$/s, "");
      const file = files.get(path);
      if (file !== undefined) return fileAnswer(file, request);
      if (!isNavigation(path, request.accept)) return undefined;
      return page === undefined ? notBuilt : fileAnswer(page, request);
    },
  };
}

type ConsoleFile = {
  readonly bytes: Buffer;
  /** Undefined when compressing gains nothing. */
  readonly gzipped: Buffer | undefined;
  readonly etag: string;
  readonly headers: Readonly<Record<string, string>>;
};

const contentTypes: Readonly<Record<string, string>> = {
  ".css": "text/css; charset=utf-8",
  ".html": "text/html; charset=utf-8",
  ".ico": "image/x-icon",
  ".js": "text/javascript; charset=utf-8",
  ".json": "application/json; charset=utf-8",
  ".map": "application/json; charset=utf-8",
  ".png": "image/png",
  ".svg": "image/svg+xml",
  ".txt": "text/plain; charset=utf-8",
  ".webmanifest": "application/manifest+json",
  ".woff2": "font/woff2",
};

const compress = promisify<Buffer, { readonly level: number }, Buffer>(gzip);

async function namesIn(folder: string): Promise<readonly string[]> {
  try {
    const entries = await readdir(folder, { recursive: true, withFileTypes: true });
    const prefix = folder.length + 1;
    return entries.filter((entry) => entry.isFile()).map((entry) => join(entry.parentPath, entry.name).slice(prefix).replaceAll("\\", "/"));
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "ENOENT") return [];
    throw error;
  }
}

async function readConsoleFile(path: string, name: string): Promise<ConsoleFile> {
  const bytes = await readFile(path);
  const contentType = contentTypes[extname(name)] ?? "application/octet-stream";
  const compressible = /^text\/|json|svg/.test(contentType) && bytes.length > 1024;
  const gzipped = compressible ? await compress(bytes, { level: constants.Z_BEST_COMPRESSION }) : undefined;
  // Names under assets/ carry a hash of their content.
  const cacheControl = name.startsWith("assets/") ? "public, max-age=31536000, immutable" : "no-cache";
  return {
    bytes,
    gzipped,
    etag: createHash("sha256").update(bytes).digest("base64url").slice(0, 22),
    headers: { "content-type": contentType, "cache-control": cacheControl, ...(compressible ? { vary: "accept-encoding" } : {}) },
  };
}

function fileAnswer(file: ConsoleFile, request: ConsoleRequest): ConsoleAnswer {
  const gzipped = /\bgzip\b(?!\s*;\s*q=0(?:\.0*)?(?:\s|,|$))/.test(request.acceptEncoding ?? "") ? file.gzipped : undefined;
  // One tag a representation (RFC 9110 §8.8.3.3).
  const etag = `"${file.etag}${gzipped === undefined ? "" : "-gzip"}"`;
  const headers = { ...file.headers, etag, ...(gzipped === undefined ? {} : { "content-encoding": "gzip" }) };
  const known = (request.ifNoneMatch ?? "").split(",").some((tag) => tag.trim().replace(/^W\//, "") === etag);
  return known ? { status: 304, headers: { ...headers }, body: undefined } : { status: 200, headers, body: gzipped ?? file.bytes };
}

/** A browser going to a page, whose path the console routes itself; never an address of an API. */
function isNavigation(path: string, accept: string | undefined): boolean {
  if (path === "/") return true;
  return (accept ?? "").includes("text/html") && !/^\/(?:api|v1|v1experimental|-|assets)\//.test(path);
}

const notBuilt: ConsoleAnswer = {
  status: 503,
  headers: { "content-type": "text/html; charset=utf-8", "cache-control": "no-store" },
  body: `<!doctype html>
<html lang="en">
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>Sluice: the console is not built</title>
<h1>The console is not built</h1>
<p>The server answers its API all the same: <a href="/docs">the docs</a> list what there is.</p>
<p>To build the console, run <code>npm run build:web</code> in the clone and start the server again.</p>
</html>
`,
};
