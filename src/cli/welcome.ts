import type { Config } from "../server/config.ts";
import { isLoopback } from "../server/http/host-guard.ts";
import type { RunningServer } from "../server/main.ts";
import { isClone } from "../server/package-root.ts";
import type { Status } from "../server/system/system-service.ts";
import type { Colours } from "./colours.ts";
import { standingLines } from "./standing-lines.ts";

/** What a server says when it is up: where it listens, what data it has and how old, and the next three things to try. */
export function welcome(
  { url, listensOn, madeKeysIn }: Pick<RunningServer, "url" | "listensOn" | "madeKeysIn">,
  config: Config,
  status: Status,
  paint: Colours,
  /** Makes the first administrator; undefined = there is one. */
  firstLink?: string,
): readonly string[] {
  const exposed = !isLoopback(config.host) && config.tls === undefined;
  return [
    `Sluice ${status.version} listens on ${paint.strong(listensOn)}${url === listensOn ? "" : `, and people reach it at ${paint.strong(url)}`}`,
    ...(exposed
      ? [
          paint.due(
            `Warning: ${config.host} is reachable from other machines without TLS. Set TLS_CERT_FILE and TLS_KEY_FILE, or put a proxy with TLS before it`,
          ),
        ]
      : []),
    `Data in ${config.databaseUrl === undefined ? `${config.dataDirectory} (embedded database, for trying and for public data)` : "PostgreSQL (DATABASE_URL)"}`,
    ...(madeKeysIn === undefined
      ? []
      : [`Keys made in ${madeKeysIn}: without them nothing sealed can be read. Back them up apart from the data, or set SLUICE_KEY`]),
    "",
    ...(status.ecosystems.length === 0 ? ["  No data yet: nothing can be called clean"] : standingLines(status, paint)),
    "",
    ...(firstLink === undefined
      ? []
      : [
          "No administrator yet. Whoever opens this link first becomes one (once, within 24 hours; a restart prints another):",
          `  ${paint.strong(firstLink)}`,
          "",
        ]),
    "Next:",
    ...nextSteps(url, status).map((step, index) => `  ${index + 1}. ${step}`),
    "",
  ];
}

function nextSteps(url: string, { ecosystems }: Status): readonly string[] {
  const sluice = isClone ? "npx sluice" : "sluice";
  const current = ecosystems.some(({ standing, cannotSay }) => standing !== undefined && cannotSay === undefined);
  const look = `open ${url} and drop a lockfile or an SBOM`;
  const scan = isClone ? `${sluice} scan examples` : `${sluice} scan .`;
  const audit = `in an npm project: npm audit --registry=${url}`;
  return current ? [look, scan, audit] : [`${sluice} sync npm`, look, scan];
}
