import { cannotSayReason } from "../../vocabulary/data-standing.ts";
import { ecosystemOf } from "../../matching/ecosystems/ecosystem-of.ts";
import { isRebuilder } from "../../matching/rebuilds/rebuilds.ts";
import type { LoadedSnapshot } from "../snapshot-file.ts";
import type { Status } from "./system-service.ts";

/** What the server knows, from the snapshot that answers; counted when it was built, so that asking costs nothing. */
export function statusOf(about: {
  readonly version: string;
  readonly database: Status["database"];
  readonly requestLogin: Status["requestLogin"];
  readonly loaded: LoadedSnapshot | undefined;
  readonly problems: number;
  readonly newestChangeMs: number | undefined;
  readonly ledgerRefusal: string | undefined;
  readonly gateway: Status["gateway"];
  readonly nowMs: number;
}): Status {
  const { loaded, nowMs } = about;
  const header = loaded?.snapshot.header;
  return {
    version: about.version,
    database: about.database,
    requestLogin: about.requestLogin,
    nowMs,
    advisories: header?.counts.advisories ?? 0,
    vulnerabilities: header?.counts.vulnerabilities ?? 0,
    problems: about.problems,
    ...(about.newestChangeMs === undefined ? {} : { newestChangeMs: about.newestChangeMs }),
    ...(about.ledgerRefusal === undefined ? {} : { ledgerRefusal: about.ledgerRefusal }),
    gateway: about.gateway,
    ecosystems: (header?.standings ?? []).map((standing) => {
      const ordered = ecosystemOf(standing.ecosystem) !== undefined || isRebuilder(standing.ecosystem);
      const cannotSay = ordered ? cannotSayReason(standing, nowMs) : "no-scheme";
      return { ecosystem: standing.ecosystem, components: 0, standing, ...(cannotSay === undefined ? {} : { cannotSay }) };
    }),
    ...(header?.exploited === undefined ? {} : { exploited: header.exploited }),
    ...(header === undefined || loaded === undefined
      ? {}
      : { snapshot: { builtAtMs: header.builtAtMs, bytes: loaded.bytes.length, intervals: header.counts.rows } }),
  };
}
