import { spawn, spawnSync } from "node:child_process";
import { chownSync, existsSync, mkdtempSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Client } from "pg";
import { openOwnedDatabase } from "../src/server/database/open-database.ts";

/**
 * Runs a command with a temporary PostgreSQL cluster, and removes the cluster afterwards. DATABASE_URL is a login that may make databases and
 * roles but is no superuser and passes no policy, DATABASE_REQUEST_URL one that owns nothing, as docs/how-to/postgresql.md sets them up:
 *   node tools/with-postgres.ts npm test
 * The server's programs are taken from PG_BIN, from the newest /usr/lib/postgresql/<version>/bin, or from the path.
 */
const [command, ...rest] = process.argv.slice(2);
if (command === undefined) {
  console.error("usage: node tools/with-postgres.ts COMMAND [ARGUMENT…]");
  process.exit(2);
}
process.exitCode = await withPostgres(async (administrator) => {
  const urls = await makeLogins(administrator);
  return runCommand(command, rest, { ...process.env, ...urls });
});

async function withPostgres(work: (url: string) => Promise<number>): Promise<number> {
  const bin = postgresPrograms();
  const user = serverUser();
  const directory = mkdtempSync(join(tmpdir(), "sluice-postgres-"));
  if (user !== undefined) chownSync(directory, user.uid, user.gid);
  const as = user === undefined ? {} : user;
  const cluster = join(directory, "cluster");
  try {
    mustRun(join(bin, "initdb"), ["-D", cluster, "-U", "postgres", "-A", "trust", "-E", "UTF8", "--locale=C.UTF-8", "-N"], as);
    const port = await freePort();
    const settings = `-p ${port} -k ${directory} -c listen_addresses=127.0.0.1 -c fsync=off -c full_page_writes=off -c max_connections=60`;
    mustRun(join(bin, "pg_ctl"), ["-D", cluster, "-w", "-s", "-l", join(directory, "log"), "-o", settings, "start"], as);
    try {
      return await work(`postgresql://postgres@127.0.0.1:${port}/postgres`);
    } finally {
      mustRun(join(bin, "pg_ctl"), ["-D", cluster, "-w", "-s", "-m", "immediate", "stop"], as);
    }
  } finally {
    rmSync(directory, { recursive: true, force: true });
  }
}

type Urls = Readonly<Record<"DATABASE_URL" | "DATABASE_REQUEST_URL" | "DATABASE_SUPERUSER_URL", string>>;

/** What only a superuser can do, done once: the logins, and functions that lead around policies taken from everyone in every database to come. */
async function makeLogins(administrator: string): Promise<Urls> {
  await asAdministrator(administrator, "postgres", [
    "create role sluice_owner login nosuperuser nobypassrls createdb createrole",
    "create role sluice_request login nosuperuser nobypassrls noinherit",
    // So that it can drop a database that a request is still connected to.
    "grant pg_signal_backend to sluice_owner",
    "create database sluice_first owner sluice_owner",
  ]);
  await asAdministrator(administrator, "template1", [
    `do $$ declare entry regprocedure; begin
       for entry in select oid::regprocedure from pg_proc where pronamespace = 'pg_catalog'::regnamespace
         and (proname in ('loread', 'lowrite', 'set_config') or proname like 'lo\\_%')
       loop execute format('revoke execute on function %s from public', entry); end loop; end $$`,
  ]);
  // Roles belong to the cluster: the first database makes them, and those that tests make side by side find them.
  const place = {
    databaseUrl: urlOf(administrator, "sluice_owner", "sluice_first"),
    databaseRequestUrl: urlOf(administrator, "sluice_request", "sluice_first"),
  };
  await (await openOwnedDatabase({ dataDirectory: tmpdir(), ...place })).close();
  await asAdministrator(administrator, "postgres", ["drop database sluice_first"]);
  return {
    DATABASE_URL: urlOf(administrator, "sluice_owner", "postgres"),
    DATABASE_REQUEST_URL: urlOf(administrator, "sluice_request", "postgres"),
    // For tests of what another login meets.
    DATABASE_SUPERUSER_URL: urlOf(administrator, "postgres", "postgres"),
  };
}

async function asAdministrator(administrator: string, database: string, statements: readonly string[]): Promise<void> {
  const client = new Client({ connectionString: urlOf(administrator, "postgres", database) });
  await client.connect();
  try {
    for (const statement of statements) await client.query(statement);
  } finally {
    await client.end();
  }
}

function urlOf(server: string, login: string, database: string): string {
  const url = new URL(server);
  url.username = login;
  url.pathname = `/${database}`;
  return url.href;
}

function postgresPrograms(): string {
  const given = process.env["PG_BIN"];
  if (given !== undefined) return given;
  const packaged = "/usr/lib/postgresql";
  const versions = existsSync(packaged) ? readdirSync(packaged).sort((a, b) => Number(b) - Number(a)) : [];
  return versions[0] === undefined ? "" : join(packaged, versions[0], "bin");
}

/** PostgreSQL refuses to run as root: then it runs as the user that its package made. */
function serverUser(): { readonly uid: number; readonly gid: number } | undefined {
  if (process.getuid?.() !== 0) return undefined;
  const [, , uid, gid] = (/^postgres:.*$/m.exec(readFileSync("/etc/passwd", "utf8"))?.[0] ?? "").split(":");
  if (uid === undefined || gid === undefined) throw new Error("expected a user postgres to run the server as, since root may not");
  return { uid: Number(uid), gid: Number(gid) };
}

function mustRun(program: string, args: readonly string[], as: { readonly uid?: number; readonly gid?: number }): void {
  const { status, stderr, error } = spawnSync(program, args, {
    ...as,
    cwd: tmpdir(),
    stdio: ["ignore", "ignore", "pipe"],
    encoding: "utf8",
  });
  if (status !== 0) throw new Error(`${program} failed: ${error?.message ?? stderr}`);
}

function freePort(): Promise<number> {
  const { promise, resolve, reject } = Promise.withResolvers<number>();
  const server = createServer();
  server.on("error", reject);
  server.listen(0, "127.0.0.1", () => {
    const address = server.address();
    server.close(() => (typeof address === "object" && address !== null ? resolve(address.port) : reject(new Error("no port"))));
  });
  return promise;
}

/** Ctrl-C reaches the command, which ends, and then the cluster is removed. */
function runCommand(program: string, args: readonly string[], env: NodeJS.ProcessEnv): Promise<number> {
  const { promise, resolve, reject } = Promise.withResolvers<number>();
  const child = spawn(program, args, { env, stdio: "inherit" });
  for (const signal of ["SIGINT", "SIGTERM"] as const) process.on(signal, () => child.kill(signal));
  child.on("error", reject);
  child.on("exit", (code) => resolve(code ?? 1));
  return promise;
}
