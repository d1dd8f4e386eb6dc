import { createHash } from "node:crypto";
import type { GatewayOrders, OrderedGrant, OrderedWindow } from "../../contract/endpoints/gateway.ts";
import type { Database } from "../database/database.ts";
import type { GatewayScope } from "./gateway-scope.ts";
import { orderedTerms } from "./ordered-terms.ts";
import { type OrderedWindowRow, readDueKeys, readLiveWindows, readUse, type StopRow, type VersionRow } from "./order-store.ts";
import { solvedWindows } from "../models/solved-windows.ts";

/** No window lasts longer: the last moment that a Date has. */
const NEVER_MS = 8_640_000_000_000_000;
const DAY_MS = 86_400_000;

type OpenWindow = { readonly row: OrderedWindowRow; readonly closesMs: number };

/** Everything that a gateway, by its own name, may let through at this moment. */
export async function readOpen(database: Database, scope: GatewayScope, gateway: string, nowMs: number): Promise<GatewayOrders> {
  return database.transaction("gateway", async (transaction) => {
    const windows = await readLiveWindows(transaction, scope, new Date(nowMs - (nowMs % DAY_MS)));
    const solved = await solvedWindows(
      transaction,
      windows.map(({ id }) => id),
      nowMs,
    );
    const open = windows.flatMap((row): readonly OpenWindow[] => {
      // Without its credential nothing can be reached that is reached from here.
      if (row.custody === "here" && row.sealed === null) return [];
      const window = solved.get(row.id);
      return window?.state === "open" ? [{ row, closesMs: window.closes?.at.instantMs ?? NEVER_MS }] : [];
    });
    const due = scope.custody === "here" ? undefined : await readDueKeys(transaction, scope.lab, gateway, new Date(nowMs));
    const destroy = due && { credentials: due.credentials.map(({ window }) => window), records: [...due.records] };
    if (open.length === 0) return stated({ windows: [], grants: [], destroy }, nowMs);
    const { versions, grants, tokens, stops } = await readUse(
      transaction,
      open.map(({ row }) => row.id),
      new Date(nowMs),
    );
    const tokensOf = Map.groupBy(tokens, (token) => `${token.lab_organisation_id} ${token.grant_id}`);
    const rowOf = new Map(open.map(({ row }) => [row.id, row]));
    const orderedGrants = grants.flatMap((grant): readonly OrderedGrant[] => {
      const ofModel = stops.filter((stop) => stop.organisation_id === grant.organisation_id && stop.enrolment_id === grant.enrolment_id);
      if (ofModel.some((stop) => stopsGrant(stop, grant.grantee_organisation_id))) return [];
      return [
        {
          id: grant.id,
          window: grant.window_id,
          grantee: grant.grantee_organisation_id,
          requestsPerMinute: grant.requests_per_minute,
          outside: [...grant.outside],
          tokens: (tokensOf.get(`${grant.organisation_id} ${grant.id}`) ?? [])
            .filter(({ id }) => !ofModel.some((stop) => stop.token_id === id))
            .map((token) => ({
              id: token.id,
              sha256: Buffer.from(token.digest).toString("hex"),
              purpose: token.purpose,
              expiresMs: token.expires_at.getTime(),
            })),
          afterDifferent: rowOf.get(grant.window_id)?.probe_verdict === "different",
        },
      ];
    });
    return stated({ windows: open.map((one) => orderedWindow(one, versions)), grants: orderedGrants, destroy }, nowMs);
  });
}

function stopsGrant({ grantee_organisation_id: organisation, token_id: token }: StopRow, grantee: string): boolean {
  return token === null && (organisation === null || organisation === grantee);
}

function orderedWindow({ row, closesMs }: OpenWindow, versions: readonly VersionRow[]): OrderedWindow {
  const { probes, passLabHeaders } = orderedTerms(row.terms);
  const { probe_id: id, probe_occasion: occasion, probe_verdict: verdict, probe_at: at } = row;
  return {
    id: row.id,
    lab: row.organisation_id,
    enrolment: row.enrolment_id,
    wire: row.wire,
    models: versions
      .filter((version) => version.organisation_id === row.organisation_id && version.enrolment_id === row.enrolment_id)
      .map((version) => ({
        name: version.name,
        upstreamName: version.upstream_name,
        baseUrl: version.base_url,
        asksStreamUsage: version.asks_stream_usage,
      })),
    closesMs,
    ...(row.sealed === null || row.key_id === null ? {} : { sealedCredential: row.sealed, credentialKeyId: row.key_id }),
    ...(probes === undefined ? {} : { probes: { ...probes, callsToday: Number(row.calls_today), tokensToday: Number(row.tokens_today) } }),
    ...(id === null || occasion === null || verdict === null || at === null
      ? {}
      : { newestProbe: { id, occasion, verdict, atMs: at.getTime() } }),
    passLabHeaders,
  };
}

type Ordered = { readonly windows: OrderedWindow[]; readonly grants: OrderedGrant[]; readonly destroy: GatewayOrders["destroy"] };

function stated({ windows, grants, destroy }: Ordered, nowMs: number): GatewayOrders {
  const revision = createHash("sha256")
    .update(JSON.stringify([windows, grants, destroy]))
    .digest("base64url");
  return { nowMs, revision, windows, grants, ...(destroy === undefined ? {} : { destroy }) };
}
