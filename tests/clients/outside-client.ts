import { execFile } from "node:child_process";
import { accessSync, constants } from "node:fs";
import { readFile } from "node:fs/promises";
import { delimiter, dirname, join } from "node:path";
import { pathToFileURL } from "node:url";
import { promisify } from "node:util";

const clients = import.meta.dirname;

export type Ran = { readonly code: number; readonly stdout: string; readonly stderr: string };

/** Installs the clients of this folder's lockfile, or of one below it, with the npm at hand, unless they are there already. */
export async function installClients(below = ""): Promise<void> {
  const folder = join(clients, below);
  const { packages } = JSON.parse(await readFile(join(folder, "package-lock.json"), "utf8")) as {
    readonly packages: Readonly<Record<string, { readonly version?: string; readonly dependencies?: Readonly<Record<string, string>> }>>;
  };
  const wanted = Object.keys(packages[""]?.dependencies ?? {});
  const missing = await Promise.all(
    wanted.map(async (name) => (await installedVersion(folder, name)) !== packages[`node_modules/${name}`]?.version),
  );
  if (!missing.includes(true)) return;
  const npm = process.env["npm_execpath"];
  // The large ones have hundreds of megabytes of parts for machines that these tests do not use. `npm ci` insists on all of them being in
  // the lockfile, even those that a registry does not have; `npm install` keeps to the lockfile for the others.
  const how = below === "" ? ["ci"] : ["install", "--no-save", "--omit=optional"];
  const args = [...how, "--ignore-scripts", "--no-audit", "--no-fund"];
  await promisify(execFile)(npm === undefined ? "npm" : process.execPath, npm === undefined ? args : [npm, ...args], {
    cwd: folder,
    shell: npm === undefined && process.platform === "win32",
  });
}

/** Clients with parts in machine code are in their lockfiles with those of one platform. */
export const skipOffLinux =
  (process.platform !== "linux" || process.arch !== "x64") && "this client's machine code is installed on Linux on x64 alone";

/** The address of a module that was installed. */
export function clientModule(path: string): string {
  return pathToFileURL(join(clients, "node_modules", path)).href;
}

async function installedVersion(folder: string, name: string): Promise<string | undefined> {
  return readFile(join(folder, "node_modules", name, "package.json"), "utf8").then(
    (text) => (JSON.parse(text) as { readonly version: string }).version,
    () => undefined,
  );
}

/** Runs the npm of the lockfile as a person would, but with no settings from this machine and its caches in `home`. */
export function runNpm(args: readonly string[], { cwd, home }: { readonly cwd: string; readonly home: string }): Promise<Ran> {
  const env = {
    PATH: [dirname(process.execPath), process.env["PATH"] ?? ""].join(delimiter),
    HOME: home,
    USERPROFILE: home,
    SystemRoot: process.env["SystemRoot"] ?? "",
    npm_config_cache: join(home, "cache"),
    npm_config_globalconfig: join(home, "no-npmrc"),
    npm_config_update_notifier: "false",
  };
  return new Promise((resolve, reject) => {
    execFile(
      process.execPath,
      [join(clients, "node_modules", "npm", "bin", "npm-cli.js"), ...args],
      { cwd, env, timeout: 180_000 },
      (error, stdout, stderr) => {
        const code = error === null ? 0 : error.code;
        if (typeof code === "number") resolve({ code, stdout, stderr });
        else reject(error);
      },
    );
  });
}

/** A client that is installed beside the project: what the variable names, or what is on the path. Undefined = there is none. */
export function outsideProgram(variable: string, name: string): string | undefined {
  const named = process.env[variable];
  if (named !== undefined && named !== "") return named;
  const folders = (process.env["PATH"] ?? "").split(delimiter);
  const names = process.platform === "win32" ? [`${name}.exe`] : [name];
  return folders.flatMap((folder) => names.map((file) => join(folder, file))).find(isProgram);
}

/** Runs it as a person would, but with its settings and caches in `home`. */
export function runProgram(
  program: string,
  args: readonly string[],
  { cwd, home }: { readonly cwd: string; readonly home: string },
): Promise<Ran> {
  const env = { PATH: process.env["PATH"] ?? "", HOME: home, USERPROFILE: home, SystemRoot: process.env["SystemRoot"] ?? "" };
  return new Promise((resolve, reject) => {
    execFile(program, [...args], { cwd, env, timeout: 180_000, maxBuffer: 64 * 1024 * 1024 }, (error, stdout, stderr) => {
      const code = error === null ? 0 : error.code;
      if (typeof code === "number") resolve({ code, stdout, stderr });
      else reject(error);
    });
  });
}

function isProgram(path: string): boolean {
  try {
    accessSync(path, constants.X_OK);
    return true;
  } catch {
    return false;
  }
}
